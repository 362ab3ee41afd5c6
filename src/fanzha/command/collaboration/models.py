"""Models of comments and subscriptions. Both are about a topic: a campaign, process or subject, by kind and ref."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.base.ids import sortable_id
from fanzha.command.collaboration.topics import topic_kinds
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer

MAX_COMMENT_LENGTH = 4_000


class Comment(Scoped):
    """A comment of a person or an API key on a topic, for its organisation alone unless `is_shared`.

    `author` is the reference of a key, "" if a person wrote it. `mentioned` are the refs of the people and
    organisations that were mentioned. A withdrawn comment has no text any more; the log keeps the text under its seal.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", db_index=False)
    topic_kind = models.CharField(max_length=12)
    topic = models.CharField(max_length=26)
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    author = models.CharField(max_length=80, blank=True)
    text = models.CharField(max_length=MAX_COMMENT_LENGTH, blank=True)
    mentioned = models.JSONField(default=list)
    is_shared = models.BooleanField(default=False)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["topic", "id"], name="comment_of_topic"),
            models.Index(fields=["owner", "id"], name="comment_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} on {self.topic_kind} {self.topic}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the comments of the viewer's organisation, and shared ones on topics that the viewer may read.

        A finding of one's own on a subject opens no comments of others: their authors must have shared it.
        """
        condition = Q(owner=viewer.organization)
        for kind in topic_kinds().values():
            topics = kind.rows(viewer).filter(ref=OuterRef("topic"))
            condition |= Q(Exists(topics), topic_kind=kind.name, is_shared=True) & kind.comment_readers(viewer)
        return condition


class TopicSubscription(Scoped):
    """Whether a person of an organisation is notified of what happens to a topic.

    `is_on` is False after the person ended the subscription, which then does not begin again by itself.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    topic_kind = models.CharField(max_length=12)
    topic = models.CharField(max_length=26)
    is_on = models.BooleanField(default=True)
    since = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "person", "owner"], name="one_subscription_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.topic_kind} {self.topic}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the viewer's own subscriptions."""
        return Q(owner=viewer.organization, person=viewer.person or 0)

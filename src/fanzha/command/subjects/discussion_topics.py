"""Subjects as topics of comments and subscriptions, by their masked values."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from fanzha.base.words import Words
from fanzha.command.collaboration.selectors import TopicKind
from fanzha.command.subjects.models import Share, Subject
from fanzha.command.subjects.presenters import display_subject
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.kinds import all_kinds

_UNSCOPED = unscoped("shares between the author of a comment and the viewer named")


def _title(subject: Subject) -> Words:
    kind, shown = all_kinds().get(subject.kind), display_subject(subject)
    return Words(f"{kind.title.zh} {shown}", f"{kind.title.en} {shown}") if kind else Words(shown, shown)


def _participants(subject: Subject) -> Iterable[int]:
    """Return the organisations of the shares that the current viewer may read."""
    shares = Share.objects.filter(Share.in_force(), subject=subject)
    return {pk for pair in shares.values_list("owner", "receiver") for pk in pair}


def _share_comments(viewer: Viewer) -> Q:
    """Return the comments on subjects that their authors shared with the viewer's organisation, or it with them."""
    shares = _UNSCOPED.rows(Share).filter(Share.in_force(), subject__ref=OuterRef("topic"))
    received = shares.filter(owner=OuterRef("owner"), receiver=viewer.organization)
    given = shares.filter(owner=viewer.organization, receiver=OuterRef("owner"))
    return Q(Exists(received)) | Q(Exists(given))


TOPICS = (
    TopicKind(
        "subject",
        Subject.as_read_by,
        _title,
        lambda row: reverse("subject", args=[row.ref]),
        _participants,
        _share_comments,
    ),
)

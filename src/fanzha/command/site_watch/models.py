"""Models of the watch of new sites: candidates, and evidence of forked logs."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class CandidateState(models.TextChoices):
    """What people did with a candidate."""

    OPEN = "open", _("to be looked at")
    DISMISSED = "dismissed", _("dismissed")
    HANDED_ON = "handed_on", _("handed on")


class CandidateSite(Scoped):
    """A name that resembles a brand. It is no accusation: a person looks at it, dismisses it, or passes it on.

    `subject` is the registrable domain, or the tenant's name under a hosting suffix; `host` is the name that was seen.
    `is_within`: the budget of the day had room for it. `process` is the ref of the process it was handed on to,
    `capture` that of the last look at its page. `is_mention`: the name only mentions the brand, so that the site stands
    on the desk only if a look found its page suspect (`is_suspect`); then `score` is that of the page.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    subject = models.CharField(max_length=253)
    host = models.CharField(max_length=253)
    brand = models.CharField(max_length=253, blank=True)
    score = models.FloatField()
    sentence_zh = models.TextField()
    sentence_en = models.TextField()
    evidence = models.JSONField(default=dict)
    source = models.CharField(max_length=200)
    reference = models.CharField(max_length=40)
    seen_at = models.DateTimeField()
    is_within = models.BooleanField(default=True)
    is_mention = models.BooleanField(default=False)
    is_suspect = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=CandidateState.choices, default=CandidateState.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    process = models.CharField(max_length=26, blank=True)
    capture = models.CharField(max_length=26, blank=True)
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    imported_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "subject", "brand", "seen_at"], name="one_candidate_a_sighting")
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "state", "is_within", "-score", "-id"], name="candidate_desk"),
        ]

    def __str__(self) -> str:
        return self.subject


class ForkEvidence(Scoped):
    """Two tree heads that a log signed and that contradict each other, as the log sent them."""

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    log_id = models.CharField(max_length=64)
    log_name = models.CharField(max_length=80)
    known = models.TextField()
    other = models.TextField()
    problem = models.CharField(max_length=500)
    found_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "log_id", "found_at"], name="one_fork_a_moment")
        ]

    def __str__(self) -> str:
        return self.log_name

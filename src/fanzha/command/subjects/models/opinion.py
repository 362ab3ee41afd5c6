"""An opinion or a binding decision of an organisation on a subject."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.base.marking import Marking
from fanzha.claims.opinion import SCORES
from fanzha.claims.verdict import Level
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.subjects.models.share import shared_with
from fanzha.command.subjects.models.subject import Subject
from fanzha.command.web.scoping import Scoped, readable_by_marking
from fanzha.command.web.viewer import Viewer


class OpinionRow(Scoped):
    """One opinion as `fanzha.claims.opinion` has it; a later one of the same owner and scope supersedes it."""

    opinion_id = models.CharField(max_length=32, unique=True)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="opinions")
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    marking = models.CharField(max_length=16, default=Marking.AMBER)
    level = models.CharField(max_length=10)
    score = models.FloatField(null=True)
    decision = models.BooleanField(default=False)
    treatment = models.CharField(max_length=10, blank=True)
    fraud_type = models.CharField(max_length=40, blank=True)
    given_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    direction = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=30, blank=True)
    ingress = models.CharField(max_length=30, blank=True)
    reason_zh = models.CharField(max_length=500, blank=True)
    reason_en = models.CharField(max_length=500, blank=True)
    basis = models.CharField(max_length=300, blank=True)
    simulated = models.BooleanField(default=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    process = models.CharField(max_length=26, blank=True)
    superseded_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-given_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-given_at"], name="opinion_of_subject"),
            models.Index(fields=["owner", "-given_at"], name="opinion_of_owner"),
            models.Index(fields=["process"], name="opinion_of_process", condition=~Q(process="")),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.level}"

    @property
    def sure(self) -> float:
        """Return how sure it is, 0–1; without a figure, what its level weighs."""
        return SCORES[Level(self.level)] if self.score is None else self.score

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for rows readable by owner and marking, or by a share."""
        return readable_by_marking(viewer) | shared_with(viewer)

    @classmethod
    def standing(cls) -> Q:
        """Return the opinions that were neither withdrawn nor replaced."""
        return Q(withdrawn_at=None, superseded_at=None)

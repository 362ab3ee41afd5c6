"""Models of number signals: documents of basis, what was asked, and what banks found of an indicator."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import Viewer


class SignalBasis(Scoped):
    """A document on which an organisation answers a bank: which services, for which purpose, until when.

    It answers once a second person approved it. `quota_per_day` limits the questions of the bank. A `certificate`
    (SHA-256 of a client certificate, 64 hex digits) must be shown with each request if it is set. `paused_until` is
    set if the bank learnt more values than its budget.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    client = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    services = models.JSONField(default=list)
    document = models.CharField(max_length=120)
    legal_basis = models.CharField(max_length=20)
    purpose = models.CharField(max_length=60)
    quota_per_day = models.PositiveIntegerField()
    certificate = models.CharField(max_length=64, blank=True)
    recorded_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    approved_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["client", "until"], name="signal_basis_of_client")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("recorded_by")), name="signal_basis_two_people"
            )
        ]

    def __str__(self) -> str:
        return self.document

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those of the holder of the data and of the bank."""
        return Q(owner=viewer.organization) | Q(client=viewer.organization)


class SignalRequest(Scoped):
    """One answered question: which key asked which service about a number (a keyed hash), on which basis.

    `journal` and `line` are its place in the journal, so that a line is stored once.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    client = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    basis = models.CharField(max_length=26)
    key = models.BigIntegerField()
    service = models.CharField(max_length=40)
    purpose = models.CharField(max_length=60)
    number_hash = models.CharField(max_length=32)
    status = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    journal = models.CharField(max_length=60)
    line = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["journal", "line"], name="one_signal_request_a_line")]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-at"], name="signal_request_of_owner"),
            models.Index(fields=["number_hash"], name="signal_request_of_number"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those of the holder of the data and of the bank."""
        return Q(owner=viewer.organization) | Q(client=viewer.organization)


class IndicatorOutcome(models.TextChoices):
    """What a bank found of a number with an indicator."""

    CONFIRMED = "confirmed", _("fraud confirmed")
    FALSE = "false", _("no fraud")


class IndicatorFeedback(Scoped):
    """What a bank found of one indicator: `owner` is the bank, `stated_by` whose verdict it was.

    `stopped_cny` is the amount that was stopped as the bank confirms it, None if it states none.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    stated_by = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=40)
    grade = models.CharField(max_length=10)
    outcome = models.CharField(max_length=10, choices=IndicatorOutcome.choices)
    stopped_cny = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "indicator"], name="one_feedback_an_indicator_of_a_bank")
        ]
        indexes: ClassVar = [models.Index(fields=["stated_by", "grade"], name="indicator_feedback_grade")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.outcome}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition of readable rows: those of the bank and of whose verdict it was."""
        return Q(owner=viewer.organization) | Q(stated_by=viewer.organization)

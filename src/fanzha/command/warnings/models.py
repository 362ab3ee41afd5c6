"""Models of warnings: wordings, trials of them, and what subscribers chose for calls from abroad."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class WordingState(models.TextChoices):
    """Where a version of a wording stands."""

    DRAFT = "draft", _("waits for a second person")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class Wording(Scoped):
    """One version of what a warning says about a fraud type on a channel. Its texts never change.

    `number` counts the versions of an organisation, fraud type and channel from 1. `in_use` is the version that is
    sent; an approved version that is not in use may be tried against others.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    fraud_type = models.CharField(max_length=40)
    channel = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    zh = models.TextField()
    en = models.TextField()
    why = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=WordingState.choices, default=WordingState.DRAFT)
    in_use = models.BooleanField(default=False)
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "fraud_type", "channel", "number"], name="one_wording_a_number"),
            models.UniqueConstraint(
                fields=["owner", "fraud_type", "channel"], condition=Q(in_use=True), name="one_wording_in_use"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("made_by")), name="wording_two_people"
            ),
            models.CheckConstraint(condition=Q(in_use=False) | Q(state="approved"), name="wording_in_use_is_approved"),
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def version(self) -> str:
        """Return the name that the steps of a dissuasion record."""
        return f"{self.fraud_type}/{self.channel}/{self.number}"


class TrialMeasure(models.TextChoices):
    """What a trial compares, declared before it begins."""

    DISSUADED = "dissuaded", _("dissuaded")
    CONTACT_ENDED = "contact_ended", _("contact ended within 24 hours")
    LOSS = "loss", _("loss after the warning")


class TrialState(models.TextChoices):
    """Where a trial stands."""

    PROPOSED = "proposed", _("waits for a second person")
    RUNNING = "running", _("running")
    ENDING = "ending", _("its end waits for a second person")
    ENDED = "ended", _("ended")
    REJECTED = "rejected", _("rejected")


class WordingTrial(Scoped):
    """A trial of approved wordings against each other, for one fraud type and channel. Everybody in it is warned.

    `plan` says in words what is expected and was written before the first person was warned. A keyed hash of trial and
    person draws the wording of each. One trial runs at a time for an organisation, fraud type and channel.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    fraud_type = models.CharField(max_length=40)
    channel = models.CharField(max_length=12)
    measure = models.CharField(max_length=16, choices=TrialMeasure.choices)
    plan = models.CharField(max_length=400)
    state = models.CharField(max_length=10, choices=TrialState.choices, default=TrialState.PROPOSED)
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    until = models.DateTimeField()
    stopped_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    stop_reason = models.CharField(max_length=200, blank=True)
    ended_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "fraud_type", "channel"],
                condition=Q(state__in=["running", "ending"]),
                name="one_trial_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("made_by")), name="trial_approved_by_another"
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(stopped_by=None) | ~Q(ended_by=F("stopped_by")),
                name="trial_ended_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fraud_type}/{self.channel}"


class TrialArm(models.Model):
    """A wording of a trial. `halted_at` is set once it did harm: it is no longer sent."""

    trial = models.ForeignKey(WordingTrial, models.CASCADE, related_name="arms")
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+")
    halted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "wording"], name="one_arm_a_wording")]

    def __str__(self) -> str:
        return str(self.wording_id)


class ChoiceKind(models.TextChoices):
    """What a subscriber chose for calls from abroad."""

    REFUSE = "refuse", _("refuse calls from abroad")
    ANNOUNCE = "announce", _("announce calls from abroad")


class ChoiceChannel(models.TextChoices):
    """How a subscriber asked."""

    TEXT = "text", _("text message")
    SHOP = "shop", _("shop")
    APP = "app", _("app")
    HOTLINE = "hotline", _("hotline")
    FILE = "file", _("file of the operator")


class ChoiceEnd(models.TextChoices):
    """Why a choice ended."""

    REVERSED = "reversed", _("ended by the holder")
    REPLACED = "replaced", _("replaced by a later choice")
    NEW_HOLDER = "new_holder", _("the number has another holder")


class OverseasChoice(Scoped):
    """A subscriber's choice about calls from abroad, with the foreign numbers that are let through.

    It belongs to the holder of the number since `holder_from`, if that is known.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=ChoiceKind.choices)
    channel = models.CharField(max_length=10, choices=ChoiceChannel.choices)
    exceptions = models.JSONField(default=list)
    holder_from = models.DateTimeField(null=True)
    requested_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=12, choices=ChoiceEnd.choices, blank=True)
    ended_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], condition=Q(ended_at=None), name="one_overseas_choice_a_number")
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "ended_at"], name="overseas_choice_of_owner")]

    def __str__(self) -> str:
        return self.ref

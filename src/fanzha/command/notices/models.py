"""Models of notices: the notice of one limited thing, attempts to deliver it, and the appeals of its holder."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.orders.selectors import PROCESS, find_targets
from fanzha.command.processes.selectors import find_instances, find_legs, is_readable_by
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer
from fanzha.dispose import ACTION_SPECS, TREATMENTS

_ACCESS = unscoped("a notice is readable with its process")


class NoticeState(models.TextChoices):
    """State of the delivery of a notice."""

    WAITING = "waiting"  # nothing was tried yet
    SENT = "sent"  # the gateway took the text; no receipt yet
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # the text did not arrive: shop, hotline or letter is next
    LIFTED = "lifted"  # the limit ended before the notice was delivered


class DeliveryRoute(models.TextChoices):
    """How a notice reaches the person. The first three need nothing that a limited phone lacks."""

    TEXT = "text"
    SHOP = "shop"
    HOTLINE = "hotline"
    LETTER = "letter"
    PAGE = "page"  # the person opened it by its code


class DeliveryOutcome(models.TextChoices):
    """Outcome of one attempt. `received`, `handed_over`, `read_out` and `opened` prove the delivery."""

    SENT = "sent"
    RECEIVED = "received"
    HANDED_OVER = "handed_over"
    READ_OUT = "read_out"
    OPENED = "opened"
    FAILED = "failed"


PROVING = (DeliveryOutcome.RECEIVED, DeliveryOutcome.HANDED_OVER, DeliveryOutcome.READ_OUT, DeliveryOutcome.OPENED)


class LimitNotice(Scoped):
    """The notice of a limit to the holder of one limited thing; `notice` is its text.

    `place` is the number of the target of an order (from 1), 0 where a process limits one thing. `thing` is the digest
    of kind and value, as of a subject; `shown` the masked value. The notice code and the proof that goes with it are
    stored as keyed hashes only; `generation` grows when a code is replaced. `route_due_at` is when the next route is
    tried. `lifted_at`: the limit has ended. `measure` is the action of an order, "" for other processes; `fact_zh` and
    `fact_en` say what was found about this thing, "" where the text of the process says it all.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="limit_notices")
    notice = models.ForeignKey("flows.SubjectNotice", models.CASCADE, related_name="limit_notices")
    place = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20)
    thing = models.CharField(max_length=32, blank=True)
    shown = models.CharField(max_length=80, blank=True)
    measure = models.CharField(max_length=20, blank=True)
    fact_zh = models.CharField(max_length=300, blank=True)
    fact_en = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=64, unique=True)
    proof = models.CharField(max_length=64)
    has_pin = models.BooleanField(default=False)
    generation = models.PositiveSmallIntegerField(default=1)
    wrong_proofs = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=11, choices=NoticeState.choices, default=NoticeState.WAITING)
    route = models.CharField(max_length=7, choices=DeliveryRoute.choices, default=DeliveryRoute.TEXT)
    route_due_at = models.DateTimeField(null=True)
    simulated = models.BooleanField(default=False)
    written_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "place"], name="one_notice_a_target")]
        indexes: ClassVar = [
            models.Index(fields=["owner", "state", "-id"], name="limit_notice_of_owner"),
            models.Index(fields=["thing"], name="limit_notice_of_thing"),
            models.Index(
                fields=["route_due_at"], name="limit_notice_due", condition=Q(delivered_at=None, lifted_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.ref}"

    @property
    def is_open(self) -> bool:
        """Return whether the notice is still to be delivered."""
        return self.delivered_at is None and self.lifted_at is None

    @property
    def fact(self) -> Words:
        """Return what was found about this thing, else the fact that the process states."""
        if self.fact_zh:
            return Words(self.fact_zh, self.fact_en)
        return Words(self.notice.fact_zh, self.notice.fact_en)

    @property
    def is_treatment(self) -> bool:
        """Return whether single calls and texts are treated and the thing itself is not limited."""
        return self.measure in {action.value for action in TREATMENTS}

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the notices that the viewer's organisation may deliver, and those of processes it supervises."""
        supervised = Q(instance__owner__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
        return cls.handled_by(viewer) | supervised if viewer.supervised else cls.handled_by(viewer)

    @classmethod
    def handled_by(cls, viewer: Viewer) -> Q:
        """Return the notices of limits that the viewer's organisation decided on, takes part in or carries out.

        A receiver of an order carries out some of its targets: the notices of the others are not its own.
        """
        processes = find_instances(_ACCESS).filter(
            is_readable_by(viewer._replace(supervised=frozenset())), pk=OuterRef("instance")
        )
        actions = [action.value for action, spec in ACTION_SPECS.items() if viewer.kind in spec.by]
        legs = find_legs(_ACCESS).filter(instance=OuterRef("instance"), receiver=viewer.organization)
        targets = find_targets(_ACCESS).filter(
            instance=OuterRef("instance"), place=OuterRef("place") - 1, action__in=actions
        )
        takes_part = ~Q(instance__process=PROCESS) & Q(Exists(processes))
        carries_out = Q(instance__process=PROCESS) & Q(Exists(legs)) & Q(Exists(targets))
        return Q(owner=viewer.organization) | takes_part | carries_out


class NoticeDelivery(models.Model):
    """One attempt to deliver a notice, and its proof.

    `actor` is the reference of who handed it over or read it out, "" for a machine. `checked` names what the identity
    was checked by; no number of a document is stored. `key` prevents duplicates. `receipt` is the keyed hash of the
    secret that the gateway returns with a delivery receipt.
    """

    key = models.CharField(max_length=100, unique=True)
    notice = models.ForeignKey(LimitNotice, models.CASCADE, related_name="deliveries")
    route = models.CharField(max_length=7, choices=DeliveryRoute.choices)
    outcome = models.CharField(max_length=11, choices=DeliveryOutcome.choices)
    organization = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80, blank=True)
    checked = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.route} {self.outcome} of {self.notice_id}"


class AppealOutcome(models.TextChoices):
    """What became of an appeal."""

    OPEN = ""
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class LimitAppeal(models.Model):
    """An appeal of the holder of a limited thing. `instance` is the process in which it is decided.

    For a target of an order it is a process of its own, else the process that limits. What the person wrote is evidence
    of its step. `receipt` is the keyed hash of the receipt code. `filer` is the reference of the clerk, "" for the
    person. The second instance, the regulator, belongs to the same appeal: `is_higher`.
    """

    notice = models.ForeignKey(LimitNotice, models.CASCADE, related_name="appeals")
    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="limit_appeals")
    number = models.PositiveSmallIntegerField()
    receipt = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=8)
    filer = models.CharField(max_length=80, blank=True)
    is_higher = models.BooleanField(default=False)
    outcome = models.CharField(max_length=9, choices=AppealOutcome.choices, default=AppealOutcome.OPEN, blank=True)
    filed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["notice", "number"], name="one_appeal_a_number")]

    def __str__(self) -> str:
        return f"appeal {self.number} of {self.notice_id}"

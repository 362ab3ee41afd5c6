"""Models of orders: targets, endpoints, sendings, received messages, answers and measurements."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.base.ids import sortable_id
from fanzha.command.processes.selectors import find_instances, find_legs
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer
from fanzha.dispose import ACTION_SPECS

_TARGET_ACCESS = unscoped("a target is readable with its order")


class TargetState(models.TextChoices):
    """State of one target of an order."""

    PROPOSED = "proposed"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    APPEALED = "appealed"
    RESTORED = "restored"
    ENDED = "ended"


class OrderTarget(Scoped):
    """One target of an order: a subject, what is ordered on it, and whether that was approved.

    `place` is its position (from 0) in the draft, `value` the canonical value, `thing` the digest of kind and value, as
    of `subjects.Subject`. `holders` are the refs of the known organisations that held it when it was drafted. `step`
    is the number of the step that set the state, `reason` the reason given by that step.
    """

    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="order_targets")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    value = models.TextField()
    thing = models.CharField(max_length=32)
    action = models.CharField(max_length=20)
    holders = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=TargetState.choices, default=TargetState.PROPOSED)
    reason = models.TextField(blank=True)
    step = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["instance", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "place"], name="one_target_a_place")]
        indexes: ClassVar = [models.Index(fields=["thing"], name="order_target_thing")]

    def __str__(self) -> str:
        return f"{self.instance_id}/{self.place} {self.state}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the targets of orders of the viewer's organisation or ones it supervises, and those it is to act on.

        Receivers do not read what was only proposed or sent back, nor what others are to act on.
        """
        supervised = Q(instance__owner__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
        legs = find_legs(_TARGET_ACCESS).filter(instance=OuterRef("instance"), receiver=viewer.organization)
        own_actions = [action.value for action, spec in ACTION_SPECS.items() if viewer.kind in spec.by]
        ordered = Q(action__in=own_actions) & ~Q(state__in=(TargetState.PROPOSED, TargetState.SENT_BACK))
        condition = Q(instance__owner=viewer.organization) | (Q(Exists(legs)) & ordered)
        return condition | supervised if viewer.supervised else condition


class AnsweredTarget(models.Model):
    """The last answer on one target of a leg; partial answers of several messages add up.

    The target is identified by its position (from 0) in the order, so that the row contains no number.
    """

    leg = models.ForeignKey("flows.Leg", models.CASCADE, related_name="+")
    is_undo = models.BooleanField()
    place = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["leg", "is_undo", "place"], name="one_answer_a_target"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.place}"


class Endpoint(Scoped):
    """An endpoint by which orders reach an organisation: channel, address and keys.

    Secrets are not stored in the database. `their_keys` are public keys (`whpk_…`, separated by blanks, newest first).
    `secret_file` names a file `orders-REF-…` in `keys/` of the state folder that holds a secret shared with the owner
    (REF is its reference in small letters); "" if each side signs with a key pair. The own key pair is derived from
    `keys/` by `ref` and `generation`; during a change the previous one signs too. `sent_*` and `received_*` are the
    newest file of each direction: its number, and the digest of its manifest.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="order_endpoints")
    channel = models.CharField(max_length=40)
    address = models.CharField(max_length=400, blank=True)
    their_keys = models.TextField(blank=True)
    secret_file = models.CharField(max_length=80, blank=True)
    generation = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    sent_sequence = models.PositiveIntegerField(default=0)
    sent_digest = models.CharField(max_length=64, blank=True)
    received_sequence = models.PositiveIntegerField(default=0)
    received_digest = models.CharField(max_length=64, blank=True)
    tested_at = models.DateTimeField(null=True)
    test_problem = models.CharField(max_length=400, blank=True)
    changed_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["owner", "channel"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "channel"], name="one_endpoint_a_channel")]

    def __str__(self) -> str:
        return f"{self.channel} {self.ref}"


_MEASUREMENT_ACCESS = unscoped("a measurement is readable with its process")


class MeasurementKind(models.TextChoices):
    """Kind of a measurement."""

    TEST_CALL = "test_call"
    SITE_PROBE = "site_probe"


class Measurement(Scoped):
    """A measurement of the effect of an order: a test call or a probe of a site. `value` is the canonical target.

    `told` holds the result. Test call: sent_caller, arrived, received_caller, route. Probe: place, status, location,
    network_worked.
    """

    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="measurements")
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    person = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=MeasurementKind.choices)
    value = models.CharField(max_length=500)
    told = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["instance", "-at"], name="measurement_of_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.instance_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for own measurements, and those for own orders."""
        owned = find_instances(_MEASUREMENT_ACCESS).filter(pk=OuterRef("instance"), owner=viewer.organization)
        return Q(owner=viewer.organization) | Q(Exists(owned))


# Messages of receivers, stored once, and the outcome of each answer in them.

_MESSAGE_ACCESS = unscoped("a message is readable with its endpoint")


class MessageTransport(models.TextChoices):
    """The transport of a message."""

    WEBHOOK = "webhook"
    FILE = "file"


class ReceptionOutcome(models.TextChoices):
    """Outcome of a message, or of one answer in it."""

    USED = "used"
    REJECTED = "rejected"
    WAITING = "waiting"


class ReceivedMessage(Scoped):
    """A request or file received from an organisation that executes orders.

    `name` identifies repeats: the id of the request, or the name of the file and its digest. A file waits for missing
    earlier files; an unauthentic, unreadable or out-of-order message is rejected.
    """

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="received")
    way = models.CharField(max_length=7, choices=MessageTransport.choices)
    name = models.CharField(max_length=300)
    sequence = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=8, choices=ReceptionOutcome.choices)
    reason_zh = models.CharField(max_length=300, blank=True)
    reason_en = models.CharField(max_length=300, blank=True)
    used = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["endpoint", "name"], name="one_message_a_name")]

    def __str__(self) -> str:
        return f"{self.way} {self.name}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for messages to endpoints of the viewer's organisation."""
        own_endpoints = _MESSAGE_ACCESS.rows(Endpoint).filter(pk=OuterRef("endpoint"), owner=viewer.organization)
        return Q(Exists(own_endpoints))


class ReceivedAnswer(models.Model):
    """An answer in a received message, with its outcome; `leg` is the leg as the message names it."""

    message = models.ForeignKey(ReceivedMessage, models.CASCADE, related_name="answers")
    place = models.PositiveIntegerField()
    leg = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    is_undo = models.BooleanField(default=False)
    outcome = models.CharField(max_length=8, choices=ReceptionOutcome.choices)
    reason_zh = models.CharField(max_length=300, blank=True)
    reason_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["message", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "place"], name="one_answer_a_place")]

    def __str__(self) -> str:
        return f"{self.state} {self.leg}"


class SendingState(models.TextChoices):
    """State of a sending. An overtaken one is not sent, because the state of its leg has changed."""

    WAITING = "waiting"
    SENT = "sent"
    OVERTAKEN = "overtaken"
    DEAD = "dead"


class Sending(Scoped):
    """One sending of a leg for an item of the outbox, retried with increasing delays: one for each action.

    `is_undo`: it withdraws the order. The file is stored here, so that every retry writes the same file. `sent_at` and
    `content_digest` (SHA-256 of what was sent) are set when the sending succeeds.
    """

    item = models.ForeignKey("flows.OutboxItem", models.CASCADE, related_name="sendings")
    instance = models.ForeignKey("flows.ProcessInstance", models.CASCADE, related_name="sendings")
    leg = models.CharField(max_length=60)
    action = models.CharField(max_length=20, blank=True)  # "" in rows of older versions: all targets of the leg
    receiver = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(Endpoint, models.SET_NULL, null=True, related_name="sendings")
    channel = models.CharField(max_length=40)
    is_undo = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=SendingState.choices, default=SendingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    problem = models.CharField(max_length=400, blank=True)
    sent_at = models.DateTimeField(null=True)
    content_digest = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=80, blank=True)
    file_body = models.BinaryField(default=bytes)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "leg", "action"], name="one_sending_an_item")]
        indexes: ClassVar = [
            models.Index(fields=["instance", "leg"], name="sending_of_leg"),
            models.Index(fields=["receiver", "-id"], name="sending_open", condition=~Q(state="sent")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.instance_id}/{self.leg}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the condition for sendings to or from the viewer's organisation, or from ones it supervises."""
        condition = Q(receiver=viewer.organization) | Q(instance__owner=viewer.organization)
        if viewer.supervised:
            condition |= Q(instance__owner__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
        return condition

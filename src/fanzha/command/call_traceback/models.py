"""Models of tracebacks: links to other operators, who is behind a trunk, tracebacks, their hops and messages."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fanzha.base.ids import sortable_id
from fanzha.command.web.scoping import Scoped


class TracebackLink(Scoped):
    """Another operator's site that asks us and that we ask.

    `url` is where its site takes our messages: the address of its link to us, "" while none was agreed. `secret_file`
    is a file in `keys/tracebacks/OWNER/` with the key of its API. `their_keys` are its public keys. Ours are derived
    from `keys/` with `ref` and `generation`. `answers_alone`: what our records say clearly is answered by the system.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    partner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    url = models.CharField(max_length=400, blank=True)
    secret_file = models.CharField(max_length=80, blank=True)
    their_keys = models.TextField(blank=True)
    answers_alone = models.BooleanField(default=True)
    generation = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    changed_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "partner"], name="one_traceback_link_a_partner")
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} to {self.partner_id}"


class TrunkPartyKind(models.TextChoices):
    """Who is behind a trunk."""

    OPERATOR = "operator", _("operator in the country")
    CUSTOMER = "customer", _("customer")
    FOREIGN = "foreign", _("foreign operator")


class CustomerClass(models.TextChoices):
    """Class of the customer whose call it is."""

    SUBSCRIBER = "subscriber", _("subscriber")
    ENTERPRISE_LINE = "enterprise_line", _("enterprise voice line")
    NUMBER_SERVICE = "number_service", _("400, 95 or another number service")
    VOIP_GATEWAY = "voip_gateway", _("VoIP gateway")
    CALL_CENTRE = "call_centre", _("call centre")
    RESELLER = "reseller", _("reseller or agent")
    OTHER = "other", _("other")


class TrunkParty(Scoped):
    """Who hands calls over at an ingress trunk of an operator, since a moment; the next entry ends it.

    `operator` is set for an operator in the country, `name` for the others: of a foreign operator, or of the gateway
    of a customer. No name of a customer stands here.
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    trunk = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=TrunkPartyKind.choices)
    operator = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    customer_class = models.CharField(max_length=16, choices=CustomerClass.choices, blank=True)
    since = models.DateTimeField()
    entered_by = models.ForeignKey("organizations.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["trunk", "-since"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "trunk", "since"], name="one_trunk_party_a_moment")
        ]

    def __str__(self) -> str:
        return self.trunk


class Traceback(Scoped):
    """One operator's part in tracing one call; its process has the states and clocks.

    `trace` names the whole traceback at all operators. `hop` is the distance from where it began. `asker` is the link
    that asks us, null if we began or if it was asked by other means; `request` is the asker's reference. `called_at` is
    UTC by the clock of who asks, which is `clock_offset_ms` ahead. `revision` counts answers to the asker,
    `heard` is that of the last answer from upstream.
    """

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    process = models.CharField(max_length=26, unique=True)
    trace = models.CharField(max_length=26)
    hop = models.PositiveSmallIntegerField(default=0)
    asker = models.ForeignKey(TracebackLink, models.PROTECT, null=True, related_name="+")
    request = models.CharField(max_length=26, blank=True)
    asked_by = models.CharField(max_length=250, blank=True)
    initiator = models.CharField(max_length=250)
    purpose = models.CharField(max_length=12)
    called = models.CharField(max_length=40)
    calling = models.CharField(max_length=120, blank=True)
    called_at = models.DateTimeField()
    clock_offset_ms = models.IntegerField(default=0)
    duration_ms = models.BigIntegerField(null=True)
    trunk = models.CharField(max_length=64, blank=True)
    call_id = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    searched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    heard = models.PositiveIntegerField(default=0)
    simulated = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["asker", "request"], condition=Q(asker__isnull=False), name="one_traceback_a_request"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="traceback_of_owner"),
            models.Index(fields=["owner", "trace"], name="traceback_trace"),
            models.Index(fields=["id"], name="traceback_unsearched", condition=Q(searched_at=None)),
        ]

    def __str__(self) -> str:
        return f"traceback {self.ref}"


class HopState(models.TextChoices):
    """How far one hop is."""

    WAITING = "waiting", _("Waiting for the answer")
    PASSED = "passed", _("Handed over by another operator")
    ORIGIN = "origin", _("Origin")
    ENDED = "ended", _("Ended")


class TracebackHop(Scoped):
    """What one operator answered, or still owes, as this operator knows it.

    `caller` is the calling number in that operator's record, set where it differs from what its downstream saw.
    `matched_by`: number, or call if the caller differs. `candidates`: how many calls matched. `reason` and `meant` say
    why it ends and which operator is meant. Names of operators hold both languages (`Words.joined`).
    """

    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    traceback = models.ForeignKey(Traceback, models.CASCADE, related_name="hops")
    number = models.PositiveSmallIntegerField()
    operator = models.ForeignKey("organizations.Organization", models.PROTECT, null=True, related_name="+")
    operator_name = models.CharField(max_length=250)
    state = models.CharField(max_length=8, choices=HopState.choices, default=HopState.WAITING)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    upstream = models.CharField(max_length=250, blank=True)
    trunk = models.CharField(max_length=64, blank=True)
    call_id = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(null=True)
    clock_offset_ms = models.IntegerField(default=0)
    caller = models.CharField(max_length=120, blank=True)
    caller_changed = models.BooleanField(default=False)
    matched_by = models.CharField(max_length=8, blank=True)
    candidates = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=16, blank=True)
    meant = models.CharField(max_length=250, blank=True)
    customer_class = models.CharField(max_length=16, blank=True)
    gateway = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["traceback", "number"], name="one_hop_a_number")]

    def __str__(self) -> str:
        return f"{self.traceback_id}/{self.number}"


class MessageState(models.TextChoices):
    """State of a message to another site."""

    WAITING = "waiting", _("on its way")
    DONE = "done", _("taken")
    DEAD = "dead", _("given up")


class TracebackMessage(Scoped):
    """A request or an answer for another site, written with the step that causes it; `body` never changes."""

    ref = models.CharField(max_length=26, unique=True, default=sortable_id, editable=False)
    owner = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    link = models.ForeignKey(TracebackLink, models.PROTECT, related_name="messages")
    traceback = models.ForeignKey(Traceback, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8)
    body = models.TextField()
    state = models.CharField(max_length=7, choices=MessageState.choices, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    problem = models.CharField(max_length=400, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["link", "id"], name="traceback_message_waiting", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"

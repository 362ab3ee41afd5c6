"""What receivers answered: each message once, each answer in it with what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.command.orders.models.endpoint import Endpoint
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("a message is readable with its endpoint")


class Way(models.TextChoices):
    """The transport of a message."""

    WEBHOOK = "webhook"
    FILE = "file"


class ReceptionOutcome(models.TextChoices):
    """What became of a message, or of one answer in it."""

    USED = "used"
    REJECTED = "rejected"
    WAITING = "waiting"


class ReceivedMessage(Scoped):
    """One request or file. `name` identifies repeats: the id of the request, or the name of the file and its digest.

    A file waits for missing earlier files; an unauthentic, unreadable or out-of-order message is rejected.
    """

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="received")
    way = models.CharField(max_length=7, choices=Way.choices)
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
        """Return what the viewer's organisation answered."""
        own_endpoints = _UNSCOPED.rows(Endpoint).filter(pk=OuterRef("endpoint"), owner=viewer.organization)
        return Q(Exists(own_endpoints))


class ReceivedAnswer(models.Model):
    """One answer of a message; `leg` as it was named there."""

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

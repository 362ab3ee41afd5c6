"""The delivery of a leg to its receiver: attempts and result."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.command.orders.models.endpoint import Endpoint
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import OutboxItem, ProcessInstance
from fanzha.command.web.scoping import Scoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer


class SendingState(models.TextChoices):
    """State of a sending. An overtaken one is not sent, because the state of its leg has changed."""

    WAITING = "waiting"
    SENT = "sent"
    OVERTAKEN = "overtaken"
    DEAD = "dead"


class Sending(Scoped):
    """One sending of a leg for an item of the outbox, retried with growing pauses.

    `is_undo`: it withdraws the order. The file is stored here, so that every retry writes the same file.
    """

    item = models.ForeignKey(OutboxItem, models.CASCADE, related_name="sendings")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="sendings")
    leg = models.CharField(max_length=60)
    receiver = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(Endpoint, models.SET_NULL, null=True, related_name="sendings")
    channel = models.CharField(max_length=40)
    is_undo = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=SendingState.choices, default=SendingState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    problem = models.CharField(max_length=400, blank=True)
    file_name = models.CharField(max_length=80, blank=True)
    file_body = models.BinaryField(default=bytes)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "leg"], name="one_sending_an_item")]
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

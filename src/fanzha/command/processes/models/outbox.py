"""The outbox of effects: written in the transaction of the step, run after it, once per key."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from fanzha.command.processes.models.instance import ProcessInstance


class OutboxState(models.TextChoices):
    """The state of an effect."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class OutboxItem(models.Model):
    """One effect to run. Handlers may be called again after a crash and detect repeats by `key`."""

    key = models.CharField(max_length=200, unique=True)
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="outbox")
    step = models.PositiveIntegerField()
    leg = models.CharField(max_length=60, blank=True)
    effect = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=OutboxState.choices, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=400, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["next_at", "id"], name="outbox_waiting", condition=Q(state="waiting")),
            models.Index(fields=["instance", "leg"], name="outbox_of_leg"),
        ]

    def __str__(self) -> str:
        return f"{self.effect} {self.key}"

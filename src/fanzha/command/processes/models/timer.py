"""A running deadline, which fires once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.command.processes.models.instance import ProcessInstance


class TimerStatus(models.TextChoices):
    """The state of a timer."""

    WAITING = "waiting"
    FIRED = "fired"
    CANCELLED = "cancelled"


class Timer(models.Model):
    """One timer of the engine. Its id is never reused, so that it fires once even if the clock changes."""

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="timers")
    timer_id = models.CharField(max_length=120)
    leg = models.CharField(max_length=60, blank=True)
    deadline = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=TimerStatus.choices, default=TimerStatus.WAITING)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "timer_id"], name="one_timer_an_id")]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="timer_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.instance_id}/{self.timer_id}"

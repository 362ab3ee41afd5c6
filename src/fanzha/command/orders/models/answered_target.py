"""The last answer on one target of a leg; partial answers of several messages add up."""

from typing import ClassVar

from django.db import models

from fanzha.command.processes.models import Leg


class AnsweredTarget(models.Model):
    """One target, by its position (from 0) in the order: the row contains no number."""

    leg = models.ForeignKey(Leg, models.CASCADE, related_name="+")
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

"""Of which subjects the screens are yet to be told what holds now: written with what changed, gone once it is out."""

from django.db import models

from fanzha.command.subjects.models.subject import Subject


class Unpublished(models.Model):
    """One change; several of one subject are published together."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.subject_id)

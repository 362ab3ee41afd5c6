"""Versions of a detector that an organisation has findings of; with a single version, nothing is superseded."""

from typing import ClassVar

from django.db import models

from fanzha.command.organizations.models import Organization


class SeenVersion(models.Model):
    """One version of one detector."""

    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    detector = models.CharField(max_length=80)
    version = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "detector", "version"], name="one_row_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.version}"

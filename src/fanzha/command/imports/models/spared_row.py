"""Allowlist rows of an import: number, owner, proof and end; they take effect once two persons agree."""

from typing import ClassVar

from django.db import models

from fanzha.command.imports.models.import_job import ImportJob
from fanzha.command.organizations.models import Organization
from fanzha.command.web.scoping import Scoped


class SparedRow(Scoped):
    """One number at its proven origin (`trunk` or `ingress`); it counts while its import is done, until its end."""

    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="spared")
    row = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    origin_kind = models.CharField(max_length=7)
    origin = models.CharField(max_length=120)
    holder = models.CharField(max_length=200)
    proof = models.CharField(max_length=400)
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "row"], name="one_spared_number_a_row")]
        indexes: ClassVar = [
            models.Index(fields=["until"], name="spared_until"),
            models.Index(fields=["number", "owner"], name="spared_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.origin_kind} {self.origin}"

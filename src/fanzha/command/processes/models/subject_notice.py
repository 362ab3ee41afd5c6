"""Notices to persons limited by a step: fact, period, basis, remedy (ATF Art. 32)."""

from typing import ClassVar

from django.db import models

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models.instance import ProcessInstance
from fanzha.command.web.scoping import Scoped


class SubjectNotice(Scoped):
    """One notice. It is open until its delivery is recorded; `key` prevents duplicates.

    It never contains rules or thresholds.
    """

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="subject_notices")
    fact_zh = models.TextField()
    fact_en = models.TextField()
    basis_zh = models.TextField()
    basis_en = models.TextField()
    remedy_zh = models.TextField()
    remedy_en = models.TextField()
    period_zh = models.TextField(blank=True)
    period_en = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    written_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    delivered_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-written_at"]
        indexes: ClassVar = [
            models.Index(
                fields=["owner", "written_at"], name="notice_to_deliver", condition=models.Q(delivered_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.fact_en

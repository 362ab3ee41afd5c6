"""What subjects have in common: a trunk, a range, a device, a domain, a kit, a script; and which subjects have it."""

from typing import ClassVar

from django.db import models

from fanzha.command.campaigns.models.campaign import Campaign
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models import Subject
from fanzha.command.web.scoping import Scoped


class Tie(Scoped):
    """One value that subjects of an organisation share. `key` is the digest of kind and value.

    `subjects` counts the subjects that share it. Above the limit of its kind it becomes a hub (`is_hub`) and joins no
    subjects: a trunk between two carriers does not link its callers. Below the limit all its subjects, except those
    that a person placed elsewhere, are in `campaign`.
    """

    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    key = models.CharField(max_length=32)
    subjects = models.PositiveIntegerField(default=0)
    is_hub = models.BooleanField(default=False)
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, related_name="ties")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "key"], name="one_tie_a_key")]
        indexes: ClassVar = [models.Index(fields=["key"], name="tie_of_others")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class TieLink(models.Model):
    """That a subject has something in common with others."""

    tie = models.ForeignKey(Tie, models.CASCADE, related_name="links", db_index=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="ties")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["tie", "subject"], name="one_link_a_subject")]

    def __str__(self) -> str:
        return f"{self.tie_id}: {self.subject_id}"

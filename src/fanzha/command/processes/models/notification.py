"""A notification to an organisation or to one of its people."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from fanzha.command.organizations.models import Organization, Person
from fanzha.command.processes.models.instance import ProcessInstance
from fanzha.command.web.scoping import Scoped


class Notification(Scoped):
    """One notification; `person` is None if it is for the whole organisation. `key` prevents duplicates."""

    key = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, null=True, related_name="+")
    leg = models.CharField(max_length=60, blank=True)
    urgent = models.BooleanField(default=False)
    text_zh = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-urgent", "-at"], name="notification_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.text_en

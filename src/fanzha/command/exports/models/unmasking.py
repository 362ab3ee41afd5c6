"""Records of unmasked values, reviewed by the privacy officer (PIPL Art. 51)."""

from typing import ClassVar

from django.db import models

from fanzha.command.organizations.models import Organization, Person
from fanzha.command.web.scoping import Scoped


class Unmasking(Scoped):
    """One value that was shown in full. `actor` is the ref of a person, or `key:…`.

    `shown` is the masked value; the value itself is not stored here.
    """

    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80)
    subject = models.CharField(max_length=26)
    kind = models.CharField(max_length=20)
    shown = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200)
    case = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "at"], name="unmasking_of_owner"),
            models.Index(fields=["subject", "owner"], name="unmasking_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.subject}"

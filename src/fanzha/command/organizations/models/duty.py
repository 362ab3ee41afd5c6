"""The duty roster of an organisation. Escalations go to the officer on duty and the deputy."""

from datetime import datetime

from django.db import models

from fanzha.command.organizations.models.organization import Organization
from fanzha.command.organizations.models.person import Person


class Duty(models.Model):
    """One watch: an officer and a deputy for a period (`until` is exclusive)."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="duties")
    officer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="duty_ends_after_it_begins"),
            models.CheckConstraint(condition=~models.Q(officer=models.F("deputy")), name="deputy_is_another_person"),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.officer} ({self.since:%Y-%m-%d})"

    @classmethod
    def at(cls, organization: int, moment: datetime) -> "Duty | None":
        """Return the watch of an organisation at a moment. If watches overlap, return the one that began last."""
        watches = cls.objects.filter(organization=organization, since__lte=moment, until__gt=moment)
        return watches.order_by("-since").first()

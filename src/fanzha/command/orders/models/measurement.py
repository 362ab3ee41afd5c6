"""What somebody measured to see whether an order took effect: a test call, or a look at a site."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.command.organizations.models import Organization, Person
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("a measurement is readable with its process")


class MeasurementKind(models.TextChoices):
    """Kind of a measurement."""

    TEST_CALL = "test_call"
    SITE_PROBE = "site_probe"


class Measurement(Scoped):
    """One measurement for one order. `value` is canonical.

    `told` holds the result. Test call: sent_caller, arrived, received_caller, route. Probe: place, status, location,
    network_worked.
    """

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="measurements")
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=MeasurementKind.choices)
    value = models.CharField(max_length=500)
    told = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["instance", "-at"], name="measurement_of_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.instance_id}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return one's own, and those for the orders that one gave."""
        owned = _UNSCOPED.rows(ProcessInstance).filter(pk=OuterRef("instance"), owner=viewer.organization)
        return Q(owner=viewer.organization) | Q(Exists(owned))

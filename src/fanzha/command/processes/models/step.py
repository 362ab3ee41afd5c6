"""The steps of a process, in order; rows are never changed."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from fanzha.command.organizations.models import Organization, Person
from fanzha.command.processes.models.instance import ProcessInstance
from fanzha.command.processes.models.leg import Leg
from fanzha.command.processes.models.participation import Participation
from fanzha.command.web.scoping import Scoped, unscoped
from fanzha.command.web.viewer import FOR_SUPERVISORS, Viewer

_UNSCOPED = unscoped("a step is readable with its leg")


class Step(Scoped):
    """One step; `leg` is "" for the process itself. `personal` holds the personal evidence, `evidence` the rest.

    `actor` names the actor if it is no person: `system`, a model, an import, an API key.
    """

    instance = models.ForeignKey(ProcessInstance, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    leg = models.CharField(max_length=60, blank=True)
    event = models.CharField(max_length=60)
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=60)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=80, blank=True)
    evidence = models.JSONField(default=dict)
    personal = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["instance", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["instance", "number"], name="one_step_a_number")]
        indexes: ClassVar = [models.Index(fields=["organization", "-at"], name="step_of_organization")]

    def __str__(self) -> str:
        return f"{self.instance_id}/{self.number} {self.event}"

    @classmethod
    def readable(cls, viewer: Viewer) -> Q:
        """Return the steps of the process itself for all who take part; those of legs for owner and receiver."""
        takes_part = Participation.objects.filter(instance=OuterRef("instance"), organization=viewer.organization)
        own_leg = _UNSCOPED.rows(Leg).filter(
            instance=OuterRef("instance"), name=OuterRef("leg"), receiver=viewer.organization
        )
        condition = Q(Exists(takes_part), leg="") | Q(instance__owner=viewer.organization) | Q(Exists(own_leg))
        if viewer.supervised:
            condition |= Q(instance__owner__in=viewer.supervised, instance__marking__in=FOR_SUPERVISORS)
        return condition

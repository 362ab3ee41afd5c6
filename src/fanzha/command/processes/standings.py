"""What a viewer's organisation is to one running process: the one concerned, the applicant, the reporter."""

from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.situations import loaded
from fanzha.command.web.viewer import Viewer
from fanzha.processes.naming import parties_named, standings_held
from fanzha.processes.parties import Standing


def standings_of(instance: ProcessInstance, viewer: Viewer) -> frozenset[Standing]:
    """Return the standings that follow from the facts the process keeps."""
    ref = Organization.objects.values_list("ref", flat=True).get(pk=viewer.organization)
    return standings_held(instance.version.process, loaded(instance.situation).facts, ref)


def organizations_named(instance: ProcessInstance, standing: Standing | None = None) -> list[Organization]:
    """Return the organisations that evidence made parties; those of one standing alone where it is given."""
    named = parties_named(instance.version.process, loaded(instance.situation).facts, standing)
    return list(Organization.objects.filter(ref__in=[party.organization for party in named]).order_by("pk"))

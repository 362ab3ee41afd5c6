"""What a viewer's organisation is to one running process: the one concerned, the applicant, the reporter."""

from fanzha.command.flows.models import ProcessInstance
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.viewer import Viewer
from fanzha.processes.parties import Standing

#: Kept facts that hold the organisation of a standing, as the processes name them.
FACTS = {
    "applicant": Standing.APPLICANT,
    "subject_organization": Standing.SUBJECT,
    "subject": Standing.SUBJECT,
    "reporter": Standing.REPORTER,
}


def standings_of(instance: ProcessInstance, viewer: Viewer) -> frozenset[Standing]:
    """Return the standings that follow from the facts the process keeps."""
    facts = instance.situation.get("facts", {})
    ref = Organization.objects.values_list("ref", flat=True).get(pk=viewer.organization)
    return frozenset(
        standing
        for name, standing in FACTS.items()
        if isinstance(facts.get(name), dict) and facts[name].get("organization") == ref
    )

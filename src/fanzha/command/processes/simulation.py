"""Whether a process is an exercise: as its owner is, or the campaign or subject that it is about, or the one before."""

from fanzha.command.campaigns.models import Campaign
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.services import About
from fanzha.command.subjects.models import FindingRow, OpinionRow


def is_simulated(owner: Organization, about: About, opener: int | None = None) -> bool:
    """Return whether what is opened for an organisation about something, by another one (`opener`), is an exercise."""
    made_up = opener is not None and Organization.objects.filter(pk=opener, simulated=True).exists()
    return made_up or about.simulated or owner.simulated or _campaign(about.campaign) or _subject(about.subject)


def _campaign(ref: str) -> bool:
    return bool(ref) and Campaign._base_manager.filter(ref=ref, simulated=True).exists()


def _subject(ref: str) -> bool:
    """Return whether all that is known of a subject was made up, as verdicts have it: what is real outweighs it."""
    if not ref:
        return False
    found, said = (rows._base_manager.filter(subject__ref=ref) for rows in (FindingRow, OpinionRow))
    real = found.filter(simulated=False).exists() or said.filter(OpinionRow.standing(), simulated=False).exists()
    return not real and (found.exists() or said.exists())

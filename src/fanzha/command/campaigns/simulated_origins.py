"""Whether the campaign that a process is opened about was simulated (asked by `processes.simulation`)."""

from fanzha.command.campaigns.models import Campaign
from fanzha.command.processes.services import About
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("whether a campaign is simulated does not depend on who asks")


def is_simulated(about: About) -> bool:
    """Return whether a process is about a simulated campaign."""
    return bool(about.campaign) and _UNSCOPED.rows(Campaign).filter(ref=about.campaign, simulated=True).exists()

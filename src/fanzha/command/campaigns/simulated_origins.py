"""Whether the campaign that a process is opened about was simulated (asked by `processes.simulation`)."""

from fanzha.command.campaigns.models import Campaign
from fanzha.command.processes.services import About


def is_simulated(about: About) -> bool:
    """Return whether a process is about a simulated campaign."""
    return bool(about.campaign) and Campaign._base_manager.filter(ref=about.campaign, simulated=True).exists()

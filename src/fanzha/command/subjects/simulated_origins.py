"""Whether the subject that a process is opened about was simulated (asked by `processes.simulation`)."""

from fanzha.command.processes.services import About
from fanzha.command.subjects.models import FindingRow, OpinionRow


def is_simulated(about: About) -> bool:
    """Return whether a subject has findings or opinions, all simulated: a real one outweighs, as in verdicts."""
    if not about.subject:
        return False
    findings, opinions = (rows._base_manager.filter(subject__ref=about.subject) for rows in (FindingRow, OpinionRow))
    is_real = (
        findings.filter(simulated=False).exists() or opinions.filter(OpinionRow.standing(), simulated=False).exists()
    )
    return not is_real and (findings.exists() or opinions.exists())

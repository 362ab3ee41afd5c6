"""Whether the subject that a process is opened about was simulated (asked by `processes.simulation`)."""

from fanzha.command.processes.services import About
from fanzha.command.subjects.models import FindingRow, OpinionRow
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("whether a subject is simulated does not depend on who asks")


def is_simulated(about: About) -> bool:
    """Return whether a subject has findings or opinions, and all of them are simulated."""
    if not about.subject:
        return False
    findings = _UNSCOPED.rows(FindingRow).filter(subject__ref=about.subject)
    opinions = _UNSCOPED.rows(OpinionRow).filter(subject__ref=about.subject)
    is_real = (
        findings.filter(simulated=False).exists() or opinions.filter(OpinionRow.standing(), simulated=False).exists()
    )
    return not is_real and (findings.exists() or opinions.exists())

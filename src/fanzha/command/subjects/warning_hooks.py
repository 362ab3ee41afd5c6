"""Tell trials of wordings when a warned person was found in contact with a fraudster again."""

from collections.abc import Iterable
from datetime import datetime

from fanzha.command.subjects.models import FindingRow
from fanzha.command.subjects.subject_roles import names_victim
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("a trial counts the findings of the people that it warned")
_CHUNK = 500


def find_contacts(refs: Iterable[str], since: datetime) -> list[tuple[str, datetime]]:
    """Return ref of the subject and moment of each finding since `since` that names it as a victim."""
    wanted, found = sorted(refs), list[tuple[str, datetime]]()
    for start in range(0, len(wanted), _CHUNK):  # databases limit how many values a query has
        rows = _UNSCOPED.rows(FindingRow).filter(FindingRow.standing(), names_victim(), found_at__gte=since)
        found += rows.filter(subject__ref__in=wanted[start : start + _CHUNK]).values_list("subject__ref", "found_at")
    return found

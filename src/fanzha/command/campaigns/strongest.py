"""What the strongest finding of each campaign says: a row tells it, so that nobody opens a page to learn it.

Each campaign is asked for its strongest subject, each of these for its latest finding, by their indexes: two queries a
page, whatever is in the campaigns.
"""

from collections.abc import Sequence

from fanzha.command.campaigns.models import Campaign, Placement
from fanzha.command.subjects.models import FindingRow
from fanzha.command.subjects.selectors import reasons_of
from fanzha.command.web.database import bulk
from fanzha.command.web.viewer import Viewer


def strongest_reasons(rows: Sequence[Campaign], viewer: Viewer) -> dict[int, str]:
    """Return a reason for each campaign (primary key) that has one; its reader may read its findings, for a campaign's
    marking is the strictest of theirs."""
    subjects = _firsts(
        f"SELECT campaign_id, subject_id FROM {Placement._meta.db_table} WHERE campaign_id = %s AND NOT is_victim"
        " ORDER BY top_score DESC, id DESC LIMIT 1",
        [(row.pk,) for row in rows],
    )
    owners = {row.pk: row.owner_id for row in rows}
    findings = _firsts(
        f"SELECT subject_id, id FROM {FindingRow._meta.db_table} WHERE subject_id = %s AND owner_id = %s"
        " AND withdrawn_at IS NULL AND superseded_by = '' ORDER BY found_at DESC, id DESC LIMIT 1",
        [(subject, owners[campaign]) for campaign, subject in subjects.items()],
    )
    found = FindingRow._base_manager.only("packed").in_bulk(list(findings.values()))
    told: dict[int, str] = {}
    for campaign, subject in subjects.items():
        if (row := found.get(findings.get(subject, 0))) and (reasons := reasons_of(row, viewer)):
            told[campaign] = reasons[0]
    return told


def _firsts(one: str, bound: Sequence[tuple[int, ...]]) -> dict[int, int]:
    """Return the one row of each of several queries, in one."""
    if not bound:
        return {}
    union = " UNION ALL ".join([f"SELECT * FROM ({one}) AS t"] * len(bound))
    return dict(bulk.select(union, *(value for values in bound for value in values)))

"""A later version of a detector that speaks of the same event replaces what the one before said."""

from collections.abc import Sequence
from typing import Any

from fanzha.command.subjects import bulk
from fanzha.command.subjects.fusing import Pair
from fanzha.command.subjects.incoming import Found
from fanzha.command.subjects.models import FindingRow, SeenVersion


def newer(one: str, other: str) -> bool:
    """Say whether one version is newer than another: 10 is newer than 9, and `2b` than `2a`."""
    return (len(one), one) > (len(other), other)


def supersede(found: Sequence[Found]) -> set[Pair]:
    """Mark what new findings replace, or that they were replaced before they came in; return whose on what.

    The order in which they come does not matter.
    """
    seen = {(one.owner, one.incoming.finding.detector, one.incoming.finding.version) for one in found}
    columns = ("owner_id", "detector", "version")
    bulk.insert(SeenVersion, columns, sorted(seen), conflict="(owner_id, detector, version) DO NOTHING")
    detectors = {detector for _, detector, _ in seen}
    versions: dict[tuple[int, str], int] = {}
    held = SeenVersion.objects.filter(detector__in=detectors).values_list("owner_id", "detector")
    for owner, detector in held:
        versions[owner, detector] = versions.get((owner, detector), 0) + 1
    several = [one for one in found if versions[one.owner, one.incoming.finding.detector] > 1]
    return _mark(several) if several else set()


def _mark(found: Sequence[Found]) -> set[Pair]:
    given, bound = bulk.table_of(
        ("subject", "bigint", [one.subject for one in found]),
        ("moment", "timestamptz", [one.found_at for one in found]),
    )
    rows = bulk.select(
        f"SELECT DISTINCT f.id, f.finding_id, f.owner_id, f.subject_id, f.detector, f.trigger, f.version"
        f" FROM {FindingRow._meta.db_table} f JOIN {given}"
        " ON f.subject_id = given.subject AND f.found_at = given.moment WHERE f.trigger <> ''",
        *bound,
    )
    of_event: dict[tuple[Any, ...], list[tuple[str, str, int]]] = {}
    for key, finding_id, *same, version in rows:
        of_event.setdefault(tuple(same), []).append((version, finding_id, key))
    replaced, pairs = [], set()
    for (owner, subject, *_), versions in of_event.items():
        latest, finding_id, _ = max(versions, key=lambda one: (len(one[0]), one[0], one[1]))
        older = [(key, finding_id) for version, _, key in versions if newer(latest, version)]
        replaced += older
        pairs |= {Pair(subject, owner)} if older else set()
    bulk.update(FindingRow, "id", ("superseded_by",), replaced)
    return pairs

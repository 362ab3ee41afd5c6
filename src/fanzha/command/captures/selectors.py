"""Read looks at pages: those of the viewer's organisation, their evidence, and other pages with the same parts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db.models import Count, Max, QuerySet

from fanzha.command.captures.look_words import describe_look
from fanzha.command.captures.models import Capture, CapturedAsset, CaptureState
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import Unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.store.look_queue import evidence_folder
from fanzha.store.look_record import LookRecord, read_record

__all__ = [
    "LOOKERS",
    "OWNERS",
    "READERS",
    "SharedAsset",
    "all_captures",
    "count_capture_states",
    "describe_look",
    "find_captures",
    "find_evidence_file",
    "find_innocent_assets",
    "find_latest_looks",
    "find_shared_assets",
    "load_evidence",
    "may_read_looks",
]

#: Who reads looks and asks for them, and at which organisations.
READERS = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
LOOKERS = (Role.ANALYST, Role.DUTY_OFFICER)
OWNERS = (Kind.REGULATOR, Kind.CENTRE, Kind.POLICE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM)
MOST_SHARED = 50


class SharedAsset(NamedTuple):
    """Another look whose page has a part of this one."""

    kind: str
    value: str
    capture: Capture


def find_captures(state: str = "", host: str = "") -> QuerySet[Capture]:
    """Return the looks that the current viewer may read, the latest first; only in a state or at a host."""
    rows = Capture.objects.all().select_related("owner")
    rows = rows.filter(state=state) if state in set(CaptureState) else rows
    return rows.filter(host=host) if host else rows


def may_read_looks(viewer: Viewer) -> bool:
    """Return whether a viewer may open the pages of looks."""
    return viewer.kind in OWNERS and viewer.has(*READERS)


def all_captures(access: Unscoped) -> QuerySet[Capture]:
    """Return the looks of all organisations."""
    return access.rows(Capture)


def find_latest_looks(hosts: Iterable[str]) -> dict[str, Capture]:
    """Return the latest look at each host that the current viewer may read."""
    rows = Capture.objects.filter(host__in=set(hosts)).order_by()
    latest = rows.values("host").annotate(last=Max("pk")).values("last")
    return {capture.host: capture for capture in Capture.objects.filter(pk__in=latest)}


def find_suspect_looks(owner_id: int, hosts: Iterable[str], since: datetime, access: Unscoped) -> list[Capture]:
    """Return the looks of an organisation since a moment that found a page of these hosts suspect, the best first."""
    rows = access.rows(Capture).filter(owner=owner_id, host__in=set(hosts), score__isnull=False, looked_at__gte=since)
    return list(rows.order_by("-score").only("host", "score", "looked_at"))


def count_capture_states() -> dict[str, int]:
    """Return how many looks of the current viewer are in each state."""
    rows = Capture.objects.all().order_by().values_list("state").annotate(count=Count("pk"))
    return dict.fromkeys(CaptureState.values, 0) | dict(rows)


def load_evidence(capture: Capture) -> LookRecord | None:
    """Return the record of a look, None if its evidence is not there (any more) or is damaged."""
    try:
        return read_record(evidence_folder(capture.ref))
    except (OSError, ValueError):
        return None


def find_evidence_file(capture: Capture, name: str) -> Path | None:
    """Return a file of the evidence of a look by its plain name, None if there is none."""
    path = evidence_folder(capture.ref) / Path(name).name
    return path if path.is_file() and not path.is_symlink() else None


def find_shared_assets(capture: Capture) -> list[SharedAsset]:
    """Return other looks of the organisation at other hosts whose pages have parts of this one."""
    own = {(asset.kind, asset.value) for asset in CapturedAsset.objects.filter(capture=capture)}
    rows = CapturedAsset.objects.filter(value__in=[value for _, value in own]).exclude(capture__host=capture.host)
    found = rows.select_related("capture").order_by("-capture_id")[: 4 * MOST_SHARED]
    shared = [SharedAsset(row.kind, row.value, row.capture) for row in found if (row.kind, row.value) in own]
    return shared[:MOST_SHARED]


def find_proven_kits(owner: int, values: Iterable[str], access: Unscoped) -> set[str]:
    """Return which values (`kit:` and a SHA-256) are of scripts on pages that an organisation found bad."""
    wanted = {value.removeprefix("kit:") for value in values}
    rows = access.rows(CapturedAsset).filter(owner=owner, kind="script", value__in=wanted)
    found = rows.filter(capture__score__isnull=False).order_by().values_list("value", flat=True).distinct()
    return {f"kit:{value}" for value in found}


def find_innocent_assets(owner: int, assets: Iterable[tuple[str, str]], access: Unscoped) -> set[tuple[str, str]]:
    """Return which parts also stand on pages of an organisation's looks without a finding: they tie nothing."""
    wanted = set(assets)
    rows = access.rows(CapturedAsset).filter(owner=owner, value__in=[value for _, value in wanted])
    rows = rows.filter(capture__state=CaptureState.SEEN, capture__score=None)
    return wanted & set(rows.order_by().values_list("kind", "value").distinct())

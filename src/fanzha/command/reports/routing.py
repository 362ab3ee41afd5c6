"""Find who runs what is reported: by ported numbers, allocated ranges, the numbering plan, and the settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.organizations.selectors import find_organization
from fanzha.command.reports.report_settings import load_report_settings
from fanzha.kinds.numbering.facts import classify
from fanzha.kinds.numbering.terms import OPERATOR_WORDS, Operator
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.models import Report
    from fanzha.kinds.phone_number import NumberingTables

_SOURCES = {
    "portability": Words("携号转网表", "table of ported numbers"),
    "allocation": Words("号段分配表", "table of allocated ranges"),
    "plan": Words("码号规划（可能已携转）", "numbering plan (the number may have been ported)"),
}
_SETTINGS = Words("平台归属设置", "settings of the platform")


class OwnerRoute(NamedTuple):
    """Who handles a report, and how the owner was found."""

    handlers: tuple[Organization, ...]
    found_by: Words


def find_route(report: Report, at: datetime) -> OwnerRoute | None:
    """Return who runs what is reported; None if that is not known, so that somebody decides.

    An MVNO handles the identity and its host the network: both are named, and each has a leg.
    """
    for name, source in _owner_names(report, at):
        if (owner := _named(name)) is not None:
            handlers = (owner, owner.host) if owner.host is not None else (owner,)
            return OwnerRoute(tuple(one for one in handlers if one.is_active), source)
    return None


def _owner_names(report: Report, at: datetime) -> Iterator[tuple[str, Words]]:
    """Yield the names of possible owners, the surest first."""
    if report.subject_kind in ("phone_number", "short_code", "sim_card") and report.value.lstrip("+").isdigit():
        carrier = numbering_tables().carrier(classify(report.value), to_ms(at))
        if carrier.operator:
            yield carrier.operator, _SOURCES[carrier.source]
    if report.subject_kind == "account":
        yield report.value.partition(":")[0], _SETTINGS
    yield report.target_kind, _SETTINGS


def _named(name: str) -> Organization | None:
    """Return the organisation that the settings name for an owner, else the one that is called so."""
    if told := load_report_settings().owners.get(name):
        return find_organization(told)
    if name in set(Operator):
        words = OPERATOR_WORDS[Operator(name)]
        return find_organization(words.zh) or find_organization(words.en)
    return find_organization(name)


def numbering_tables() -> NumberingTables:
    """Return the loaded numbering tables; they are read again when a file has changed."""
    folder = state_folder() / "tables"
    return _load(folder, tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.*"))))


@lru_cache(maxsize=1)
def _load(folder: Path, versions: tuple[tuple[str, int], ...]) -> NumberingTables:
    from fanzha.store.numbering_tables import load_numbering_tables  # reads Arrow, which pages do not need

    return load_numbering_tables(folder.parent)

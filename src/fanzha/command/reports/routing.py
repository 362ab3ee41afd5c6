"""Find who runs what is reported: by ported numbers, allocated ranges, the numbering plan, and the settings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.organizations.selectors import SOURCE_WORDS, find_operator_organization, numbering_tables
from fanzha.kinds.numbering.facts import classify

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.models import Report

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
        if (owner := find_operator_organization(name)) is not None:
            handlers = (owner, owner.host) if owner.host is not None else (owner,)
            return OwnerRoute(tuple(one for one in handlers if one.is_active), source)
    return None


def _owner_names(report: Report, at: datetime) -> Iterator[tuple[str, Words]]:
    """Yield the names of possible owners, the surest first."""
    if report.subject_kind in ("phone_number", "short_code", "sim_card") and report.value.lstrip("+").isdigit():
        carrier = numbering_tables().carrier(classify(report.value), to_ms(at))
        if carrier.operator:
            yield carrier.operator, SOURCE_WORDS[carrier.source]
    if report.subject_kind == "account":
        yield report.value.partition(":")[0], _SETTINGS
    yield report.target_kind, _SETTINGS

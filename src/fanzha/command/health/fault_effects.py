"""Effects of a silent source: the detectors without events, and the duties that depend on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from fanzha.base.words import Words
from fanzha.command.detection_rules.selectors import shipped_detectors
from fanzha.command.health.models import ComponentKind
from fanzha.command.health.selectors import ComponentState, HealthLevel

#: What a source brings, by event table, in the words of a page.
TABLE_WORDS = {
    "call_offered": _("calls"),
    "call_answered": _("calls"),
    "call_ended": _("calls"),
    "message": _("texts"),
    "site_seen": _("websites"),
    "app_seen": _("apps"),
    "registration": _("registrations"),
    "sim_use": _("SIM card use"),
    "forwarding": _("call forwarding"),
    "account_action": _("account actions"),
    "public_report": _("public reports"),
    "subscriber_profile": _("subscriber profiles"),
    "test_call": _("test calls"),
}


class FaultEffect(NamedTuple):
    """Detectors that get nothing any more (`blind`), those that see less, and the articles that the blind serve."""

    blind: Sequence[Words]
    weaker: Sequence[Words]
    laws: Sequence[str]


def table_words(tables: Sequence[str]) -> list[str]:
    """Return what event tables hold, each once."""
    return list(dict.fromkeys(str(TABLE_WORDS.get(table, table.replace("_", " "))) for table in tables))


def find_effect(state: ComponentState, states: Sequence[ComponentState]) -> FaultEffect:
    """Return what the silence of a source means for the detectors of its organisation.

    A detector is blind if no other source of the organisation that works brings a table that it reads.
    """
    lost = set(state.row.tables)
    others = {
        table
        for one in states
        if one.row.owner_id == state.row.owner_id
        and one.row.kind == ComponentKind.SOURCE
        and one.level >= HealthLevel.LESS
        and one is not state
        for table in one.row.tables
    }
    blind, weaker, laws = [], [], dict[str, None]()
    for detector in shipped_detectors().values():
        if not (read := lost.intersection(detector.reads)):
            continue
        if others.intersection(detector.reads) >= read:
            weaker.append(detector.title)
        else:
            blind.append(detector.title)
            laws |= dict.fromkeys(detector.law)
    return FaultEffect(blind, weaker, list(laws))

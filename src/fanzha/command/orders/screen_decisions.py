"""Decisions of orders on their way to screens: kept in a file first, then published beside all else that is known."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from fanzha.base.clock import to_ms
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot import Approval
from fanzha.command.subjects.snapshot_publisher import publish_subjects
from fanzha.dispose import Target
from fanzha.store.decisions import DecisionLog


def activate(decisions: Mapping[str, Opinion], approved_by: Iterable[str], now: datetime) -> None:
    """Let decisions hold, by id; screens act on them within a second. What is given twice is given once."""
    kept = DecisionLog()
    standing = kept.read_active()
    new = {name: one for name, one in decisions.items() if standing.get(name) != one}
    if new:
        kept.add(new, at=to_ms(now))
    _publish_snapshot({(one.subject_kind, one.subject) for one in decisions.values()}, ", ".join(approved_by), now)


def deactivate(begins: str, targets: Iterable[Target], now: datetime, ids: Collection[str] = ()) -> None:
    """Let the decisions whose id begins so hold no more, and those of `ids` never: what else is known counts again."""
    kept = DecisionLog()
    kept.withdraw({*ids, *(name for name in kept.read_active() if name.startswith(begins))}, at=to_ms(now))
    _publish_snapshot({(one.kind, one.value) for one in targets}, begins, now)


def _publish_snapshot(things: Collection[tuple[str, str]], by: str, now: datetime) -> None:
    if things:
        publish_subjects(things, now, approval=Approval(by, "order", to_ms(now)))

"""Activate and deactivate decisions in the decision store, and publish the snapshot that screens read."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from fanzha.base.clock import to_ms
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot import Approval
from fanzha.command.subjects.snapshot_publisher import publish_subjects
from fanzha.dispose import Target
from fanzha.store.decisions import DecisionLog


def activate(decisions: Mapping[str, Opinion], approved_by: Iterable[str], now: datetime) -> None:
    """Activate decisions by id and publish the snapshot. The call is idempotent."""
    store = DecisionLog()
    standing = store.read_active()
    new = {name: decision for name, decision in decisions.items() if standing.get(name) != decision}
    if new:
        store.add(new, at=to_ms(now))
    _publish_snapshot(
        {(decision.subject_kind, decision.subject) for decision in decisions.values()}, ", ".join(approved_by), now
    )


def deactivate(id_prefix: str, targets: Iterable[Target], now: datetime, ids: Collection[str] = ()) -> None:
    """Deactivate the decisions with an id prefix, and those of `ids` for ever, and publish the snapshot."""
    store = DecisionLog()
    store.withdraw({*ids, *(name for name in store.read_active() if name.startswith(id_prefix))}, at=to_ms(now))
    _publish_snapshot({(target.kind, target.value) for target in targets}, id_prefix, now)


def _publish_snapshot(subjects: Collection[tuple[str, str]], by: str, now: datetime) -> None:
    if subjects:
        publish_subjects(subjects, now, approval=Approval(by, "order", to_ms(now)))

"""Deliver the decisions of an order to the screens, as the instruction of each leg whose receiver uses them.

Screens read the published snapshot alone. It is composed of two inputs (`subjects.subject_publication`, and `fanzha
snapshot build` for a whole base):

- the decision log (`fanzha.store.decisions`), written here, the only way in which an order *instructs* a screen. Its
  entries are per leg, so that a receiver without screens gets none, and hold until the leg is lifted;
- evidence, which the operator of the screens may read. The decision of an order is part of it as an opinion on each
  subject (`subjects.decisions`), as findings and other organisations' opinions are. It exists for verdicts: on pages,
  in exports, and in the snapshot only as far as the operator may read it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from fanzha.base.clock import to_ms
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot import Approval
from fanzha.command.subjects.services import publish_subjects
from fanzha.dispose import Target
from fanzha.store.decisions import DecisionLog


def deliver_to_screens(decisions: Mapping[str, Opinion], approved_by: Iterable[str], now: datetime) -> None:
    """Add decisions by id to the decision log and publish the snapshot. The call is idempotent."""
    decision_log = DecisionLog()
    active = decision_log.read_active()
    new = {name: decision for name, decision in decisions.items() if active.get(name) != decision}
    if new:
        decision_log.add(new, at=to_ms(now))
    _publish_snapshot(
        {(decision.subject_kind, decision.subject) for decision in decisions.values()}, ", ".join(approved_by), now
    )


def withdraw_from_screens(id_prefix: str, targets: Iterable[Target], now: datetime, ids: Collection[str] = ()) -> None:
    """Withdraw the decisions with an id prefix, and those of `ids` for ever, and publish the snapshot."""
    decision_log = DecisionLog()
    active = decision_log.read_active()
    decision_log.withdraw({*ids, *(name for name in active if name.startswith(id_prefix))}, at=to_ms(now))
    _publish_snapshot({(target.kind, target.value) for target in targets}, id_prefix, now)


def restore_on_screens(order: str, targets: Collection[Target], now: datetime, ids: Collection[str] = ()) -> None:
    """Withdraw the decisions of all legs of an order on some targets, and those of `ids` for ever, and publish."""
    decision_log = DecisionLog()
    endings = {f"{target.kind}:{target.value}" for target in targets}
    active = [name for name in decision_log.read_active() if name.startswith(f"{order}/")]
    decision_log.withdraw({*ids, *(name for name in active if name.split("/", 2)[-1] in endings)}, at=to_ms(now))
    _publish_snapshot({(target.kind, target.value) for target in targets}, order, now)


def _publish_snapshot(subjects: Collection[tuple[str, str]], by: str, now: datetime) -> None:
    if subjects:
        publish_subjects(subjects, now, approval=Approval(by, "order", to_ms(now)))

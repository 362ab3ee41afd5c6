"""Prove that a leg took effect, or was lifted: by the snapshot that is served, by test calls, by looks at a site.

Of many targets a sample is measured: nothing that was measured may speak against it, and three (or all, of fewer) must
speak for it. What speaks against it sends the leg back. The receiver's own word proves nothing, nor does what any
receiver of the order measured: he would prove himself, or disprove another one.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
from django.utils import timezone

from fanzha.base.clock import iso, to_ms
from fanzha.claims.treatment import Treatment
from fanzha.command.orders.delivery import build_dispatch
from fanzha.command.orders.models import Measured, Measurement
from fanzha.command.orders.order_settings import load_order_settings
from fanzha.command.orders.order_summary import PROCESS, OrderSummary, summarize_order
from fanzha.command.orders.routes import choose_route
from fanzha.command.processes.handlers import RetryLater
from fanzha.command.processes.models import Leg
from fanzha.command.processes.services import fire
from fanzha.command.subjects.models import Subject
from fanzha.dispose import (
    TREATMENTS,
    Action,
    ProofOutcome,
    ProofResult,
    SiteProbe,
    Target,
    prove_by_probes,
    prove_by_test_call,
    prove_in_force,
    prove_withdrawn,
)
from fanzha.kinds import all_kinds
from fanzha.processes.parties import SYSTEM
from fanzha.processes.process import Event
from fanzha.store.evidence_files import store_file
from fanzha.store.snapshot_publisher import find_served_entries
from fanzha.store.snapshots import SnapshotStore

SAMPLE = 3
#: The step that a proof takes, and the one that the contrary takes, by the state of a leg.
_STEPS = {"executed": ("prove", "disprove"), "lifted": ("prove_lifted", "disprove_lifted")}
_METHODS = {"snapshot_entry": "snapshot", "test_call": "test_call", "site_probe": "probe"}


class TargetProof(NamedTuple):
    """One target and what proves or disproves it."""

    target: Target
    proven: ProofResult


def prove(leg: Leg) -> str:
    """Take the step that the evidence says; return its event, "" where the evidence is not there yet.

    Raises NotYet while the screens' snapshot says something else than what was decided.
    """
    steps = _STEPS.get(leg.state)
    if steps is None:
        return ""
    is_lifted = leg.state == "lifted"
    said = summarize_order(leg.instance) if leg.instance.process == PROCESS else None
    said = said.with_all_targets if said and is_lifted else said
    by_screens = said and _check_snapshot(said, leg, is_lifted)
    seen = by_screens if by_screens is not None else list(_check_measurements(said, leg, is_lifted))
    holding, against = (
        [one for one in seen if one.proven.outcome is what] for what in (ProofOutcome.YES, ProofOutcome.NO)
    )
    if against and by_screens:
        raise RetryLater(f"the snapshot does not say so yet for {len(against)} of {len(seen)} targets")
    if against:
        return _fire(leg, steps[1], against)
    targets = len(said.targets) if said else 1
    return _fire(leg, steps[0], holding) if len(holding) >= min(SAMPLE, targets) else ""


def _check_snapshot(said: OrderSummary, leg: Leg, is_lifted: bool) -> list[TargetProof] | None:
    """Return what the snapshot says of each target; None where the screens do not carry the leg out."""
    way = choose_route(said, leg.receiver)
    if way is None or way[1].goes != "snapshot":
        return None
    at = to_ms(timezone.now())
    decisions = list(build_dispatch(said, leg, way[1], way[0], is_undo=False).decisions.values())
    entries = find_served_entries(SnapshotStore(), [(one.subject_kind, one.subject) for one in decisions])
    check = prove_withdrawn if is_lifted else prove_in_force
    return [
        TargetProof(Target(one.subject_kind, one.subject), check(one, entry, at))
        for one, entry in zip(decisions, entries, strict=True)
    ]


def _check_measurements(said: OrderSummary | None, leg: Leg, is_lifted: bool) -> Iterator[TargetProof]:
    receivers = Leg._base_manager.filter(instance=leg.instance).values("receiver")
    measured_since = Measurement._base_manager.filter(instance=leg.instance, at__gte=leg.changed_at)
    rows = list(measured_since.exclude(owner__in=receivers))
    measured = {row.value for row in rows}
    for target in said.targets if said else _subject_targets(leg):
        if target.value not in measured and not any(row.kind == Measured.TEST_CALL for row in rows):
            continue
        if target.kind in ("website", "host", "app"):
            yield TargetProof(target, _check_probes(target, rows, is_lifted))
        elif said is not None and (treatment := _treatment(said.action)) is not None:
            calls = [{"occurred_at": to_ms(row.at), **row.told} for row in rows if row.kind == Measured.TEST_CALL]
            wanted = Treatment.ALLOW if is_lifted else treatment
            yield TargetProof(target, prove_by_test_call(target.value, wanted, calls, to_ms(leg.changed_at)))


def _check_probes(target: Target, rows: Sequence[Measurement], is_lifted: bool) -> ProofResult:
    mine = [row for row in rows if row.kind == Measured.SITE_PROBE and row.value == target.value]
    looks = [SiteProbe(at=to_ms(row.at), **row.told) for row in mine]
    found = prove_by_probes(looks, load_order_settings().warning_hosts)
    if not is_lifted:
        return found
    return found._replace(
        outcome={ProofOutcome.YES: ProofOutcome.NO, ProofOutcome.NO: ProofOutcome.YES}.get(
            found.outcome, ProofOutcome.UNKNOWN
        )
    )


def _subject_targets(leg: Leg) -> list[Target]:
    row = Subject._base_manager.filter(ref=leg.instance.about).first() if leg.instance.about else None
    return [Target(row.kind, row.value)] if row else []


def _treatment(action: Action) -> Treatment | None:
    if action in TREATMENTS:
        return Treatment(action.value)
    return Treatment.REFUSE if action is Action.LIMIT_OUTGOING else None


def _fire(leg: Leg, event: str, seen: Sequence[TargetProof]) -> str:
    machine = leg.instance.version.process.legs
    if machine is None or event not in machine.events:
        return ""
    fire(leg.instance.ref, event, SYSTEM, _evidence(machine.events[event], leg, seen), leg=leg.name)
    leg.refresh_from_db(fields=["state", "changed_at", "due_at", "ended_at"])
    return event


def _evidence(event: Event, leg: Leg, seen: Sequence[TargetProof]) -> dict[str, object]:
    """Return what the event asks for; the file holds what was seen, with its targets masked."""
    kind = seen[0].proven.kind
    rows = [
        {
            "target": all_kinds()[one.target.kind].mask(one.target.value),
            "kind": one.proven.kind,
            "holds": one.proven.outcome.value,
            "at": iso(one.proven.at),
            "zh": one.proven.words.zh,
            "en": one.proven.words.en,
        }
        for one in seen
    ]
    told = {"leg": f"{leg.instance.ref}/{leg.name}", "event": leg.state, "seen": rows}
    file = msgspec.json.format(msgspec.json.encode(told), indent=1)
    given = {"method": _METHODS[kind], "proof": store_file([file]), "probes": len(seen)}
    return {name: value for name, value in given.items() if name in event.evidence}

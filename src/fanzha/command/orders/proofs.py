"""Prove that a leg took effect or was lifted, by the served snapshot, test calls or site probes.

A proof needs three positive targets (all, if there are fewer) and no negative one; a negative one disproves the leg.
Reports and measurements by receivers of the order do not count: they could prove themselves or disprove others. Where a
receiver acts in its own network, only places in that network speak against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from django.utils import timezone

from fanzha.base.clock import iso, to_ms
from fanzha.claims.treatment import Treatment
from fanzha.command.orders.delivery import build_dispatch
from fanzha.command.orders.models import Measurement, MeasurementKind
from fanzha.command.orders.order_settings import load_order_settings
from fanzha.command.orders.order_summary import APPEAL_PROCESS, PROCESS, OrderSummary, summarize_leg
from fanzha.command.orders.routes import choose_route
from fanzha.command.processes.selectors import find_legs
from fanzha.command.processes.services import RetryLater, fire, store_for_organization
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import (
    Action,
    ProofOutcome,
    ProofResult,
    SiteProbe,
    Target,
    all_channels,
    prove_by_probes,
    prove_by_test_call,
    prove_in_force,
    prove_withdrawn,
)
from fanzha.kinds import all_kinds
from fanzha.processes.parties import SYSTEM
from fanzha.processes.process import Event
from fanzha.store.probe_settings import load_prober_settings
from fanzha.store.snapshot_publisher import find_served_entries
from fanzha.store.snapshots import SnapshotStore

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg

_UNSCOPED = unscoped("a leg is proven by measurements of whoever took part")

SAMPLE = 3
PROBER = "prober"
#: The events that prove and disprove a leg, by its state.
_STEPS = {"executed": ("prove", "disprove"), "lifted": ("prove_lifted", "disprove_lifted")}
_METHODS = {"snapshot_entry": "snapshot", "test_call": "test_call", "site_probe": "probe"}


class TargetProof(NamedTuple):
    """One target and its proof, with the records of probes behind it."""

    target: Target
    proven: ProofResult
    records: tuple[Mapping[str, object], ...] = ()  # the probes behind it: moment, place, answer, digest of the page


def prove(leg: Leg) -> str:
    """Fire the step that the evidence supports; return its event, "" if the evidence is not sufficient yet.

    Raise RetryLater while the snapshot contradicts the decision.
    """
    steps = _STEPS.get(leg.state)
    if steps is None:
        return ""
    is_lifted = leg.state == "lifted"
    checks = [_check_part(part, leg, is_lifted) for part in _parts(leg, is_lifted)]
    negative = [proof for check in checks for proof in check.select(ProofOutcome.NO)]
    if any(check.is_by_screens and check.select(ProofOutcome.NO) for check in checks):
        total = sum(len(check.proofs) for check in checks)
        raise RetryLater(f"the snapshot does not say so yet for {len(negative)} of {total} targets")
    if negative:
        return _fire(leg, steps[1], negative)
    if not checks or not all(check.is_proven for check in checks):
        return ""
    return _fire(leg, steps[0], [proof for check in checks for proof in check.select(ProofOutcome.YES)])


def disprove_proven(leg: Leg) -> str:
    """Fire `disprove` for a proven leg whose site is back by probes since its proof; return the event, "" if none."""
    checks = [list(_check_measurements(part, leg, is_lifted=False)) for part in _parts(leg, is_lifted=False)]
    back = [proof for proofs in checks for proof in proofs if proof.proven.outcome is ProofOutcome.NO]
    back = [proof for proof in back if proof.target.kind in ("website", "host", "app")]
    return _fire(leg, "disprove", back) if back else ""


class _PartCheck(NamedTuple):
    """The proofs of the targets of one instruction; `targets` is the number of its targets."""

    proofs: list[TargetProof]
    targets: int
    is_by_screens: bool

    @property
    def is_proven(self) -> bool:
        """Return whether enough targets are proven."""
        return len(self.select(ProofOutcome.YES)) >= min(SAMPLE, self.targets)

    def select(self, outcome: ProofOutcome) -> list[TargetProof]:
        """Return the proofs with an outcome."""
        return [proof for proof in self.proofs if proof.proven.outcome is outcome]


def _parts(leg: Leg, is_lifted: bool) -> list[OrderSummary | None]:
    """Return the summaries of the instructions of a leg, None for the leg of a process that is no order."""
    if leg.instance.process not in (PROCESS, APPEAL_PROCESS):
        return [None]
    parts = [part.with_all_targets if is_lifted else part for part in summarize_leg(leg).split()]
    return [part for part in parts if part.targets]


def _check_part(summary: OrderSummary | None, leg: Leg, is_lifted: bool) -> _PartCheck:
    by_screens = _check_snapshot(summary, leg, is_lifted) if summary else None
    proofs = by_screens if by_screens is not None else list(_check_measurements(summary, leg, is_lifted))
    return _PartCheck(proofs, len(summary.targets) if summary else 1, bool(by_screens))


def _check_snapshot(summary: OrderSummary, leg: Leg, is_lifted: bool) -> list[TargetProof] | None:
    """Check each target in the served snapshot; return None if it is not delivered to screens."""
    route = choose_route(summary, leg.receiver)
    if route is None or route[1].goes != "snapshot":
        return None
    at = to_ms(timezone.now())
    decisions = list(build_dispatch(summary, leg, route[1], route[0], is_undo=False).decisions.values())
    entries = find_served_entries(
        SnapshotStore(), [(decision.subject_kind, decision.subject) for decision in decisions]
    )
    check = prove_withdrawn if is_lifted else prove_in_force
    return [
        TargetProof(Target(decision.subject_kind, decision.subject), check(decision, entry, at))
        for decision, entry in zip(decisions, entries, strict=True)
    ]


def _check_measurements(summary: OrderSummary | None, leg: Leg, is_lifted: bool) -> Iterator[TargetProof]:
    receivers = set(find_legs(_UNSCOPED).filter(instance=leg.instance).values_list("receiver_id", flat=True))
    refs = {leg.instance.ref, summary.order if summary else ""}
    measured_since = _UNSCOPED.rows(Measurement).filter(instance__ref__in=refs, at__gte=leg.changed_at)
    rows = [row for row in measured_since if row.owner_id not in receivers or is_by_prober(row)]
    measured = {row.value for row in rows}
    for target in summary.targets if summary else _subject_targets(leg):
        if target.value not in measured and not any(row.kind == MeasurementKind.TEST_CALL for row in rows):
            continue
        if target.kind in ("website", "host", "app"):
            yield _check_probes(target, rows, leg, find_network(summary, leg), is_lifted)
        elif summary is not None and (treatment := summary.treatment) is not None:
            calls = [
                {"occurred_at": to_ms(row.at), **row.told} for row in rows if row.kind == MeasurementKind.TEST_CALL
            ]
            expected = Treatment.ALLOW if is_lifted else treatment
            yield TargetProof(target, prove_by_test_call(target.value, expected, calls, to_ms(leg.changed_at)))


def _check_probes(target: Target, rows: Sequence[Measurement], leg: Leg, network: str, is_lifted: bool) -> TargetProof:
    probe_rows = [row for row in rows if row.kind == MeasurementKind.SITE_PROBE and row.value == target.value]
    proven = prove_by_probes(
        [to_site_probe(row) for row in probe_rows],
        load_order_settings().warning_hosts,
        network=network,
        is_lifted=is_lifted,
        disproof_from=find_disproof_start(leg),
    )
    records = tuple({"at": iso(to_ms(row.at)), **row.told} for row in probe_rows)
    return TargetProof(target, proven, records)


def to_site_probe(row: Measurement) -> SiteProbe:
    """Return the probe that a measurement records."""
    return SiteProbe(at=to_ms(row.at), **{key: value for key, value in row.told.items() if key in SiteProbe._fields})


def is_by_prober(row: Measurement) -> bool:
    """Return whether the prober of this site measured, for any owner of the process."""
    return bool(row.told.get("by") == PROBER)


def find_network(summary: OrderSummary | None, leg: Leg) -> str:
    """Return the receiver whose own network alone a leg is about, "" if the measure shows everywhere.

    A receiver blocks a site for its own customers; a host, registrar or store takes it away from all.
    """
    if summary is not None:
        route = choose_route(summary, leg.receiver)
        is_own = summary.action is Action.BLOCK_ACCESS and (route is None or route[1].goes != "mail")
    else:
        is_own = leg.receiver.kind in all_channels()["response_zone"].receivers
    return leg.receiver.ref if is_own else ""


def find_disproof_start(leg: Leg) -> int:
    """Return from when (UTC ms) a probe may speak against what a leg reports: resolvers need time to load it."""
    settings = load_prober_settings()
    if settings is None or leg.state not in _STEPS:
        return 0
    return to_ms(leg.changed_at) + settings.grace_seconds * 1_000


def _subject_targets(leg: Leg) -> list[Target]:
    row = find_subjects(_UNSCOPED).filter(ref=leg.instance.about).first() if leg.instance.about else None
    return [Target(row.kind, row.value)] if row else []


def _fire(leg: Leg, event: str, proofs: Sequence[TargetProof]) -> str:
    machine = leg.instance.version.process.legs
    if machine is None or event not in machine.events:
        return ""
    fire(leg.instance.ref, event, SYSTEM, _evidence(machine.events[event], leg, proofs), leg=leg.name)
    leg.refresh_from_db(fields=["state", "changed_at", "due_at", "ended_at"])
    return event


def _evidence(event: Event, leg: Leg, proofs: Sequence[TargetProof]) -> dict[str, object]:
    """Return the evidence of the event; the proof file holds the checks with masked targets."""
    kind = proofs[0].proven.kind
    rows = [
        {
            "target": all_kinds()[proof.target.kind].mask(proof.target.value),
            "kind": proof.proven.kind,
            "holds": proof.proven.outcome.value,
            "at": iso(proof.proven.at),
            "zh": proof.proven.words.zh,
            "en": proof.proven.words.en,
            "probes": list(proof.records),
        }
        for proof in proofs
    ]
    content = {"leg": f"{leg.instance.ref}/{leg.name}", "event": leg.state, "seen": rows}
    file = msgspec.json.format(msgspec.json.encode(content), indent=1)
    proof = store_for_organization(file, leg.instance.owner_id)
    values = {"method": _METHODS[kind], "proof": proof, "probes": len(proofs)}
    return {name: value for name, value in values.items() if name in event.evidence}

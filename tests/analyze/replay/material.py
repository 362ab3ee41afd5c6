"""Made-up cases, findings and records for replays."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from tests.findings import finding

from fanzha.analyze.alarm_rate import AlarmExposure, alarm_rate
from fanzha.analyze.backtest.metrics import proportion
from fanzha.analyze.replay.account import lead_times
from fanzha.analyze.replay.cases import FraudCase
from fanzha.analyze.replay.result import FoundShare, ReplayResult
from fanzha.analyze.summary import Summary
from fanzha.claims import Finding, Mode
from fanzha.claims.finding import Maturity, to_table

LOSS = 1_772_323_200_000
HOUR, DAY = 3_600_000, 86_400_000
VICTIM, SUSPECT, STRANGER = "+8617000000001", "+8617000000002", "+8617000000009"


def case(**changes: Any) -> FraudCase:
    fields: dict[str, Any] = {
        "number": "A-1", "rows": (2,), "victims": (VICTIM,), "suspects": (SUSPECT,),
        "loss_from": LOSS, "loss_until": LOSS,
    }  # fmt: skip
    return FraudCase(**{**fields, **changes})


def named(subject: str, hours_before: float, *, rule: str = "burst", live: bool = False, **changes: Any) -> Finding:
    """Return a finding on a number, before the loss."""
    moment = LOSS - int(hours_before * HOUR)
    return finding(
        **{
            "subject_kind": "phone_number",
            "subject": subject,
            "found_at": moment,
            "valid_until": moment + DAY,
            "evidence": msgspec.json.encode({"rule": rule}).decode(),
            "mode": Mode.LIVE if live else Mode.SHADOW,
            "event_ids": (f"{subject} {hours_before} {rule}",),
            **changes,
        }
    )


def write_findings(folder: Path, findings: Sequence[Finding]) -> Path:
    pq.write_table(to_table(findings), folder / "findings.parquet")
    return folder / "findings.parquet"


def write_calls(
    folder: Path, *calls: tuple[str, str, float], device: str = "86000000000000", trunk: str = "T-1"
) -> Path:
    """Write calls: caller, callee, hours before the loss. Callers with +86 are proven and have a device."""
    rows: dict[str, list[str | None]] = {
        "call_id": [f"call {n}" for n in range(len(calls))],
        "caller": [caller for caller, _, _ in calls],
        "proven_caller": [caller if caller.startswith("+86") else None for caller, _, _ in calls],
        "callee": [callee for _, callee, _ in calls],
        "device": [device if caller.startswith("+86") else None for caller, _, _ in calls],
        "trunk": [trunk] * len(calls),
    }
    columns = {name: pa.array(values, pa.string()) for name, values in rows.items()}
    moments = pa.array([LOSS - int(hours * HOUR) for _, _, hours in calls], pa.int64())
    pq.write_table(pa.table({"occurred_at": moments, **columns}), folder / "call_offered.parquet")
    return folder / "call_offered.parquet"


def result(found: int, covered: int, live: int = 0) -> ReplayResult:
    """Return a replay of nine cases, found an hour before; three others a day were hit on a million lines."""
    rate = alarm_rate(3, AlarmExposure(1_000_000, 1.0, "given"))
    none = FoundShare(proportion(0, covered), lead_times([]))
    leads = lead_times([HOUR] * found)
    by_maturity = {maturity.value: none for maturity in Maturity}
    by_maturity["live"] = FoundShare(proportion(live, covered), lead_times([HOUR] * live))
    rates = {maturity.value: rate for maturity in Maturity}
    return ReplayResult(
        input=Summary("1", 0), case_rows=9, rejected=[], cases=9, covered=covered, outcomes={}, gaps={},
        together=FoundShare(proportion(found, covered), leads), by_maturity=by_maturity, by_way={}, rules=[],
        fraud_types=[], accused=rates, warned=rates, amount=None, amount_found=None,
        within_days=30, views=[], notices=[],
    )  # fmt: skip

"""The report counts what would have been done, masks callers, and names refusals that may hit an innocent."""

from typing import Any

import msgspec
import pytest
from tests.claims.snapshots import AT

from fanzha.claims.treatment import Treatment
from fanzha.screen import shadow_report
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.event_log import Record
from fanzha.screen.reasons import FROM_ABROAD, LATE, SUSPECTED
from fanzha.screen.shadow_report import Hint, ShadowReportBuilder, TrunkReport, list_rows

BAD, ROAMER = "+8617000000001", "+8617000000101"
REFUSAL = Decision(Treatment.ALLOW, (SUSPECTED, FROM_ABROAD), 0.9, Treatment.REFUSE, "CN", roaming="unproven")
LABEL = Decision(Treatment.ALLOW, (FROM_ABROAD,), 0.0, Treatment.LABEL, "GB")


def call(number: int, decision: Decision = REFUSAL, caller: str = BAD, **fields: Any) -> Record:
    """Return the record of a call as the log holds it, in plain JSON values."""
    attempt = CallAttempt(AT + number, f"c-{number}", caller, "+8617000000900", "IGW-1", "international_gateway")
    body = (attempt._replace(**fields), decision, 17)
    return Record(number, AT + number, "call", msgspec.json.decode(msgspec.json.encode(body)))


def end(number: int, talk_ms: int, answered: bool = True) -> Record:
    fields = {"call_id": f"c-{number}", "answered": answered, "talk_ms": talk_ms}
    return Record(1_000 + number, AT + 1_000, "fact", ["call_ended", fields])


def report(*records: Record, **options: Any) -> dict[str, TrunkReport]:
    builder = ShadowReportBuilder(**options)
    for record in records:
        builder.add(record)
    return {trunk.trunk: trunk for trunk in builder.build().trunks}


def test_calls_are_counted_by_trunk_by_what_was_meant_and_why() -> None:
    trunks = report(call(1), call(2), call(3, LABEL), call(4, Decision(Treatment.ALLOW), trunk="MSC-1"))
    assert list(trunks) == ["IGW-1", "MSC-1"]  # the one with most would-be refusals first
    first = trunks["IGW-1"]
    assert (first.calls, first.meant(Treatment.REFUSE), first.meant(Treatment.LABEL)) == (3, 2, 1)
    assert {(count.meant, count.applied, count.calls) for count in first.treatments} == {
        ("refuse", "allow", 2),
        ("label", "allow", 1),
    }
    assert [(count.meant, count.reason, count.calls) for count in first.reasons] == [
        ("refuse", SUSPECTED, 2),
        ("label", FROM_ABROAD, 1),
    ]
    assert trunks["MSC-1"].reasons == ()


def test_the_share_of_home_numbers_abroad_that_nobody_can_prove_is_told() -> None:
    proven = [call(number, LABEL._replace(roaming="proven")) for number in range(3)]
    trunk = report(call(9), *proven, call(10, LABEL))["IGW-1"]
    assert (trunk.roaming.proven, trunk.roaming.unproven, trunk.roaming.total) == (3, 1, 4)
    assert trunk.unproven_share == 0.25


def test_callers_are_masked_wherever_they_stand() -> None:
    builder = ShadowReportBuilder(lambda number: number == BAD)
    for record in (call(1), call(2), call(3, caller=ROAMER), end(1, 61_000)):
        builder.add(record)
    built = builder.build()
    text = msgspec.json.encode(built).decode() + "".join(str(row) for row in list_rows(built))
    assert "7000000001" not in text and "7000000101" not in text
    (trunk,) = built.trunks
    assert [caller.calls for caller in trunk.top_callers] == [2, 1]
    assert trunk.top_callers[0].caller.startswith("+86 17") and "•" in trunk.top_callers[0].caller


def test_refusals_that_may_hit_an_innocent_are_named() -> None:
    trunk = report(
        call(1, own=True),
        call(2, attestation="A"),
        call(3),
        call(4),
        call(5, LABEL, caller=ROAMER, own=True),
        end(3, 60_000),
        end(4, 59_999),
        end(5, 900_000),
        is_allowlisted=lambda number: number == ROAMER,
    )["IGW-1"]
    assert {hint.hint: hint.calls for hint in trunk.hints} == {Hint.PROVEN: 1, Hint.ATTESTED: 1, Hint.ANSWERED_LONG: 1}
    assert trunk.answers_seen == 3
    allowlisted = report(call(1, caller="17000000101"), is_allowlisted=lambda number: number == ROAMER)["IGW-1"]
    assert [(hint.hint, hint.calls) for hint in allowlisted.hints] == [(Hint.ALLOWLISTED, 1)]


def test_unscreened_calls_are_told_with_why() -> None:
    trunk = report(call(1, Decision(Treatment.ALLOW, (LATE,), screened=False)))["IGW-1"]
    assert trunk.unscreened == {LATE: 1}


def test_one_trunk_can_be_asked_for() -> None:
    assert list(report(call(1), call(2, trunk="MSC-1"), trunk="MSC-1")) == ["MSC-1"]


def test_calls_of_other_sites_are_counted_there_and_their_ends_here() -> None:
    other = call(1)
    ended = end(2, 61_000)
    trunk = report(
        Record(5, AT, "other", ["north", "run", 1, "call", other.body]),
        call(2),
        Record(6, AT, "other", ["north", "run", 2, "fact", ended.body]),
    )["IGW-1"]
    assert (trunk.calls, [hint.hint for hint in trunk.hints]) == (1, [Hint.ANSWERED_LONG])


@pytest.mark.parametrize("body", [None, [], [[], []], [1, 2], "text", ["call_ended"], [["x"] * 14, ["never", []]]])
def test_records_of_another_shape_are_skipped(body: object) -> None:
    builder = ShadowReportBuilder()
    for what in ("call", "fact", "other", "finding"):
        builder.add(Record(1, AT, what, body))
    assert builder.build().calls == 0


def test_memory_is_bounded_and_what_was_dropped_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shadow_report, "MAX_CALLERS", 10)
    monkeypatch.setattr(shadow_report, "MAX_OPEN_CALLS", 5)
    builder = ShadowReportBuilder()
    for number in range(50):
        builder.add(call(number, caller=f"+86170000{number:05}"))
    built = builder.build()
    assert built.calls == 50 and built.dropped_callers > 0
    assert len(builder._open) <= 5


def test_rows_have_the_share_of_the_trunk() -> None:
    builder = ShadowReportBuilder()
    for record in (call(1), call(2, LABEL), call(3, LABEL), call(4, LABEL)):
        builder.add(record)
    rows = {(row.figure, row.meant, row.name): (row.calls, row.share) for row in list_rows(builder.build())}
    assert rows["calls", "", ""] == (4, 1.0)
    assert rows["reason", "refuse", SUSPECTED] == (1, 0.25)
    assert rows["treatment", "label", "allow"] == (3, 0.75)

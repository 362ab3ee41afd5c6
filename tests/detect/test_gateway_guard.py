"""The guard names trunks and proven numbers, never a claimed one, and goes on exactly where it was stopped."""

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from tests.detect.gateway.calls import CALL, DAY, START, batch_of

from fanzha.claims import Finding
from fanzha.detect.gateway_guard import DETECTOR
from fanzha.kinds.numbering.operator_tables import ALLOCATION_SCHEMA, PORTABILITY_SCHEMA
from fanzha.kinds.phone_number import Allocation, NumberingTables, Portability, classify


def run(calls: list[dict[str, object]], cut: int | None = None) -> list[Finding]:
    """Feed all at once, or in two parts with a stop between."""
    batch, session = batch_of(calls), DETECTOR.open()
    if cut is None:
        return [*session.feed("call_offered", batch), *session.finish()]
    found = list(session.feed("call_offered", batch.slice(0, cut)))
    session = DETECTOR.open(session.save())
    return [*found, *session.feed("call_offered", batch.slice(cut)), *session.finish()]


@given(st.lists(CALL, max_size=20), st.integers(0, 20))
def test_a_stop_between_batches_changes_nothing(calls: list[dict[str, object]], cut: int) -> None:
    assert run(calls, min(cut, len(calls))) == run(calls)


@given(st.lists(CALL, max_size=20))
def test_a_claimed_number_is_never_accused(calls: list[dict[str, object]]) -> None:
    proven = {classify(str(call["proven_caller"])).canonical for call in calls if call["proven_caller"]}
    for finding in run(calls):
        assert finding.subject_kind in ("trunk", "call", "phone_number")
        assert finding.subject_kind != "phone_number" or finding.subject in proven


@given(st.lists(CALL, max_size=20))
def test_findings_have_ids_of_their_own_and_a_known_trigger(calls: list[dict[str, object]]) -> None:
    found = run(calls)
    assert len({finding.finding_id for finding in found}) == len(found)
    moments = dict(
        zip(*(batch_of(calls).column(name).to_pylist() for name in ("event_id", "occurred_at")), strict=True)
    )
    assert all(moments[finding.event_ids[-1]] == finding.found_at for finding in found)


def test_a_day_that_is_over_is_told_before_the_input_ends() -> None:
    call: dict[str, object] = {"caller": "95588", "ingress": "international_gateway", "trunk": "T1"}
    session = DETECTOR.open()
    assert list(session.feed("call_offered", batch_of([call, call]))) == []
    (evidences,) = session.feed("call_offered", batch_of([{**call, "gap": DAY}]))
    assert evidences.event_ids == ("e0", "e1")
    assert len(list(session.finish())) == 1


def test_a_thousand_calls_of_a_trunk_are_one_finding() -> None:
    calls: list[dict[str, object]] = [
        {"caller": f"+86100{number:07}", "ingress": "international_gateway", "trunk": "T1"} for number in range(1_000)
    ]
    (evidences,) = run(calls)
    assert (evidences.subject, len(evidences.event_ids)) == ("T1", 10)


def test_ranges_and_carriers_are_those_of_the_operators_tables() -> None:
    tables = NumberingTables(
        Portability(
            pa.Table.from_pylist([{"number": "+8619400001234", "operator": "移动"}], schema=PORTABILITY_SCHEMA)
        ),
        Allocation(
            pa.Table.from_pylist(
                [{"prefix": "194", "operator": "电信", "valid_from": START + 1_000}], schema=ALLOCATION_SCHEMA
            )
        ),
    )
    call: dict[str, object] = {"caller": "19400001234", "ingress": "international_gateway", "trunk": "T1"}
    batch = batch_of([{**call, "gap": 0}, call])
    session = DETECTOR.with_numbering(tables).open()
    assert list(session.feed("call_offered", batch)) == []
    evidences = [json.loads(finding.evidence) for finding in session.finish()]
    assert {evidence["reason"] for evidence in evidences} == {"impossible_from_abroad", "mobile_unproven"}
    (claimed,) = next(evidence["claimed"] for evidence in evidences if evidence["reason"] == "mobile_unproven")
    assert (claimed["class"], claimed["operator"], claimed["operator_by"]) == ("mobile", "china_mobile", "portability")


def test_what_the_sources_say_of_basis_and_simulation_is_carried_along() -> None:
    call: dict[str, object] = {
        "caller": "95588",
        "ingress": "international_gateway",
        "trunk": "T1",
        "basis": "contract",
    }
    (evidences,) = run([{**call, "simulated": False}, {**call, "basis": "order"}])
    assert evidences.simulated and evidences.basis == "ATF Art. 13; contract; order"

"""A finding concerns a case by its suspect, the suspect's phone, the call or the warned victim; others are counted."""

from pathlib import Path

import pyarrow.parquet as pq
from tests.analyze.replay.material import DAY, STRANGER, SUSPECT, VICTIM, case, named, write_calls, write_findings

from fanzha.analyze.replay.case_matcher import CaseHit, CaseMatcher, OtherHits
from fanzha.analyze.replay.cases import FraudCase
from fanzha.claims import Finding

CALLS = ((SUSPECT, VICTIM, 5.0), (SUSPECT, STRANGER, 6.0))


def match(folder: Path, findings: list[Finding], cases: list[FraudCase] | None = None) -> CaseMatcher:
    tables = {"call_offered": write_calls(folder, *CALLS)}
    return CaseMatcher(cases or [case()], write_findings(folder, findings), tables, 30 * DAY, folder)


def ways(hits: list[CaseHit]) -> list[str]:
    return [hit.way for hit in hits]


def test_the_suspect_its_phone_the_call_the_trunk_and_the_warned_victim_are_hits(tmp_path: Path) -> None:
    findings = [
        named(SUSPECT, 4),
        named("86000000000000", 3.5, subject_kind="device"),
        named("call 0", 3, subject_kind="call"),
        named("T-1", 2, subject_kind="trunk"),
        named(VICTIM, 1, fraud_type="victim_at_risk"),
    ]
    with match(tmp_path, findings) as matcher:
        assert ways(matcher.list_hits()) == ["suspect", "equipment", "call", "trunk", "victim"]
        assert matcher.count_others() == []


def test_an_accused_victim_is_no_hit_and_counts_among_the_others(tmp_path: Path) -> None:
    with match(tmp_path, [named(VICTIM, 1), named(SUSPECT, 1, fraud_type="victim_at_risk")]) as matcher:
        assert matcher.list_hits() == []
        pooled = [other for other in matcher.count_others() if not other.rule]
        assert pooled == [OtherHits("", "", 1, False, 1), OtherHits("", "", 1, True, 1)]


def test_a_finding_longer_ago_than_the_span_is_neither_a_hit_nor_another(tmp_path: Path) -> None:
    with match(tmp_path, [named(SUSPECT, 31 * 24)]) as matcher:
        assert matcher.list_hits() == [] and matcher.count_others() == []


def test_others_count_once_a_day_over_all_rules_by_the_most_mature(tmp_path: Path) -> None:
    findings = [
        named(STRANGER, 1, rule="burst"),
        named(STRANGER, 2, rule="burst", live=True),
        named(STRANGER, 3, rule="probe"),
        named(STRANGER, 30, rule="probe"),
    ]
    with match(tmp_path, findings) as matcher:
        matcher.list_hits()
        assert [(other.rule, other.rank, other.subject_days) for other in matcher.count_others()] == [
            ("", 0, 1), ("", 1, 1), ("burst", 0, 1), ("probe", 1, 2),
        ]  # fmt: skip
        matcher.write_others(tmp_path / "others.parquet")
    rows = pq.read_table(tmp_path / "others.parquet").to_pylist()
    assert {(row["subject"], row["rule"], row["maturity"]) for row in rows} == {
        (STRANGER, "burst", "live"),
        (STRANGER, "probe", "shadow"),
    }


def test_a_case_is_covered_if_a_party_occurs_before_the_loss(tmp_path: Path) -> None:
    unseen = case(number="B", victims=("+8617000000005",), suspects=())
    earlier = case(number="C", loss_from=case().loss_from - DAY, loss_until=case().loss_from - DAY)
    with match(tmp_path, [], [case(), unseen, earlier]) as matcher:
        assert matcher.list_covered() == {0}

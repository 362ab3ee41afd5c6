"""Suspects are subjects, the strongest first, each with its findings."""

from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from tests.findings import finding

from fanzha.analyze.report.suspects import strongest_suspects
from fanzha.claims.finding import Maturity, Mode, to_table

FINDING = finding(
    detector="outside_detector",
    subject_kind="outside_kind",
    subject="one",
    fraud_type="prize",
    reasons_zh=("理由一", "理由二"),
    reasons_en=("first", "second"),
    evidence='{"calls": 31, "share": 0.123456, "numbers": ["a"]}',
)


def write(folder: Path, *changes: dict[str, object]) -> Path:
    findings = [msgspec.structs.replace(FINDING, **change) for change in changes]
    pq.write_table(to_table(findings), folder / "findings.parquet")
    return folder / "findings.parquet"


def full(kind: str, value: str) -> str:
    return value


def test_the_findings_of_one_subject_stand_together_strongest_first(tmp_path: Path) -> None:
    path = write(tmp_path, {"score": 0.4}, {"score": 0.7, "event_ids": ("e2",)}, {"subject": "two", "score": 0.5})
    suspects = strongest_suspects(path, 10, full)
    assert [(suspect.display, suspect.score, len(suspect.findings)) for suspect in suspects] == [
        ("one", 0.7, 2),
        ("two", 0.5, 1),
    ]


def test_only_the_strongest_suspects_and_findings_are_taken_and_the_rest_is_counted(tmp_path: Path) -> None:
    repeats: list[dict[str, object]] = [{"event_ids": (f"e{n}",)} for n in range(7)]
    path = write(tmp_path, *repeats, {"subject": "weak", "score": 0.1})
    (only,) = strongest_suspects(path, 1, full, findings_per_subject=3)
    assert (only.display, len(only.findings), only.hidden_findings) == ("one", 3, 4)


def test_a_finding_carries_its_words_and_evidence_as_people_read_them(tmp_path: Path) -> None:
    (shown,) = strongest_suspects(write(tmp_path, {}), 10, full)[0].findings
    assert shown.detector.en == "outside_detector"
    assert shown.fraud_type.zh == "虚假中奖"
    assert [reason.en for reason in shown.reasons] == ["first", "second"]
    assert shown.evidence == [("calls", "31"), ("share", "0.1235"), ("numbers", '["a"]')]
    assert shown.windows == []
    assert shown.found_at == "2026-03-01T00:00:00.000Z"


def test_of_many_reasons_the_first_and_the_last_stand_and_the_rest_is_counted(tmp_path: Path) -> None:
    many = tuple(f"reason {n}" for n in range(9))
    (shown,) = strongest_suspects(write(tmp_path, {"reasons_zh": many, "reasons_en": many}), 10, full)[0].findings
    assert [reason.en for reason in shown.reasons] == ["reason 0", "reason 1", "reason 2", "reason 8"]
    assert shown.hidden_reasons == 5


def test_subjects_are_shown_through_the_given_mask(tmp_path: Path) -> None:
    assert strongest_suspects(write(tmp_path, {}), 10, lambda kind, value: f"{kind}:…")[0].display == "outside_kind:…"


def test_who_is_to_be_warned_is_no_suspect_and_of_equal_signs_the_latest_come_first(tmp_path: Path) -> None:
    victim: dict[str, object] = {"fraud_type": "victim_at_risk", "score": 0.8}
    path = write(
        tmp_path,
        victim | {"subject": "earlier"},
        victim | {"subject": "later", "found_at": FINDING.found_at + 60_000},
        victim | {"subject": "strongest", "score": 0.9},
        {"subject": "suspect", "score": 0.95},
    )
    assert [suspect.display for suspect in strongest_suspects(path, 10, full)] == ["suspect"]
    assert [suspect.display for suspect in strongest_suspects(path, 10, full, victims=True)] == [
        "strongest",
        "later",
        "earlier",
    ]


def test_a_subject_is_listed_by_its_most_mature_finding_which_stands_first(tmp_path: Path) -> None:
    live: dict[str, object] = {"mode": Mode.LIVE, "score": 0.3, "event_ids": ("e2",)}
    path = write(tmp_path, {"score": 0.9}, live, {"subject": "two", "windows_full": False})
    lists = {maturity: strongest_suspects(path, 10, full, maturity=maturity) for maturity in Maturity}
    assert {maturity.value: [suspect.display for suspect in suspects] for maturity, suspects in lists.items()} == {
        "live": ["one"],
        "shadow": [],
        "windows_not_full": ["two"],
        "claimed_only": [],
    }
    (one,) = lists[Maturity.LIVE]
    assert [shown.maturity.en for shown in one.findings] == ["live", "shadow"]
    assert one.score == 0.9


def test_maturity_is_ranked_over_all_detectors_and_a_list_shows_only_findings_of_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"detector": "a", "mode": Mode.LIVE, "event_ids": ("1",)},
        {"detector": "b", "mode": Mode.SHADOW, "event_ids": ("2",)},
    )

    def count(detector: str, maturity: Maturity) -> int:
        return len(strongest_suspects(path, 10, full, detector=detector, maturity=maturity))

    assert (count("a", Maturity.LIVE), count("a", Maturity.SHADOW)) == (1, 0)
    assert (count("b", Maturity.LIVE), count("b", Maturity.SHADOW)) == (0, 0)

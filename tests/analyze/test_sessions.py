"""Detection stopped at any moment and started again finds the same as detection that was never stopped."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.findings import finding
from tests.rules.facts import calls

from fanzha.analyze import sessions
from fanzha.analyze.event_order import Slice
from fanzha.analyze.journal import Journal
from fanzha.analyze.pipeline import merge_findings
from fanzha.analyze.sessions import add_holder_periods, keep_strongest
from fanzha.base.words import Words
from fanzha.claims import Finding, Mode
from fanzha.claims.finding import to_table
from fanzha.claims.rule_lifecycle import create_draft
from fanzha.detect import Detector, Session, open_sessions, operator_rule
from fanzha.events import all_events
from fanzha.kinds.phone_number import HOLDER_SCHEMA, Holders

NUMBER = "+8617000000001"


class EveryThird(Session):
    """Counts over all batches, so that a lost or repeated batch changes what is found."""

    def __init__(self, saved: bytes) -> None:
        self.seen = int(saved or b"0")

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        for event_id, moment in zip(
            batch.column("event_id").to_pylist(), batch.column("occurred_at").to_pylist(), strict=True
        ):
            self.seen += 1
            if self.seen % 3 == 0:
                yield third(str(event_id), int(moment or 0), self.seen)

    def finish(self) -> Iterable[Finding]:
        yield third("", 0, self.seen)

    def save(self) -> bytes:
        return str(self.seen).encode()


def third(event_id: str, moment: int, count: int) -> Finding:
    events = (event_id,) if event_id else ()
    return finding(subject=f"number {count}", found_at=moment, event_ids=events)


class EveryThirdDetector(Detector):
    name = "every_third"
    version = "1"
    title = tells = Words("第三", "third")
    reads = ("message",)
    law = ("ATF Art. 13",)
    examples = ()

    def open(self, saved: bytes = b"") -> Session:
        return EveryThird(saved)


DETECTORS: dict[str, Detector] = {"every_third": EveryThirdDetector()}


def stream(batches: int = 5, rows: int = 4) -> Iterator[Slice]:
    schema = all_events()["message"].schema
    for batch in range(batches):
        numbers = range(batch * rows, (batch + 1) * rows)
        events = [
            {
                "event_id": f"e{n}",
                "occurred_at": n,
                "observed_at": n,
                "source": "test",
                "simulated": False,
                "text": "x",
            }
            for n in numbers
        ]
        yield {"message": pa.RecordBatch.from_pylist(events, schema=schema)}


def result(journal: Journal, folder: Path) -> list[dict[str, object]]:
    merge_findings(sorted(journal.path("findings").glob("*.parquet")), folder / "findings.parquet")
    return pq.read_table(folder / "findings.parquet").to_pylist()


class OfOneNumber(EveryThird):
    """Finds one number, whoever holds it."""

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        for one in super().feed(table, batch):
            yield msgspec.structs.replace(one, subject_kind="phone_number", subject=NUMBER)


class OfOneNumberDetector(EveryThirdDetector):
    def open(self, saved: bytes = b"") -> Session:
        return OfOneNumber(saved)


def test_what_was_found_of_a_number_stays_with_its_holder_of_then(tmp_path: Path) -> None:
    periods = [
        {"number": NUMBER, "holder_from": -9, "holder_until": 8},
        {"number": NUMBER, "holder_from": 9, "holder_until": None},
    ]
    holders = Holders(pa.Table.from_pylist(periods, schema=HOLDER_SCHEMA))
    journal = Journal(tmp_path, "k")
    sessions.detect(stream(), {"every_third": OfOneNumberDetector()}, journal, holders=holders)
    found = [one for one in result(journal, tmp_path) if one["subject"] == NUMBER]
    assert sorted((one["found_at"], one["holder_from"]) for one in found) == [
        (2, -9),
        (5, -9),
        (8, None),
        (11, 9),
        (14, 9),
        (17, 9),
    ]


class Killed(Exception):
    """Stands for the process dying."""


@pytest.mark.parametrize("after", range(1, 6))
def test_stopped_after_any_slice_the_same_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    monkeypatch.setattr(sessions, "CHECKPOINT_SECONDS", -1.0)
    monkeypatch.setattr(sessions, "CHECKPOINT_COST_FACTOR", -1)
    whole = Journal(tmp_path / "whole", "k")
    sessions.detect(stream(), DETECTORS, whole)

    def dies() -> Iterator[Slice]:
        for number, piece in enumerate(stream(), start=1):
            yield piece
            if number == after:
                raise Killed

    with pytest.raises(Killed):
        sessions.detect(dies(), DETECTORS, Journal(tmp_path / "cut", "k"))
    again = Journal(tmp_path / "cut", "k")
    sessions.detect(stream(), DETECTORS, again)
    sessions.detect(stream(), DETECTORS, again)  # a finished run does nothing more
    assert result(again, tmp_path / "cut") == result(whole, tmp_path / "whole")


PERIODS = [
    {"number": NUMBER, "holder_from": 100, "holder_until": 200},
    {"number": NUMBER, "holder_from": 300, "holder_until": None},
]
HOLDERS = Holders(pa.Table.from_pylist(PERIODS, schema=HOLDER_SCHEMA))


def of(found_at: int, **changes: object) -> object:
    one = finding(**{"subject_kind": "phone_number", "subject": NUMBER, "found_at": found_at, **changes})
    return add_holder_periods([one], HOLDERS)[0].holder_from


def test_each_finding_names_the_holder_of_its_moment() -> None:
    assert [of(at) for at in (150, 199, 300, 10**15)] == [100, 100, 300, 300]


def test_where_nobody_is_known_to_hold_the_number_none_is_named() -> None:
    assert [of(99), of(250), of(150, subject="+8617000000002")] == [None] * 3


def test_things_that_are_no_numbers_and_holders_that_are_named_already_stay() -> None:
    assert of(150, subject_kind="trunk") is None
    assert of(150, holder_from=7) == 7


def test_without_a_table_nothing_changes() -> None:
    found = [finding(subject_kind="phone_number", subject=NUMBER)]
    assert add_holder_periods(found, None) == found


BURST = """
rule burst "" ""
  on call_ended
  when ingress = "voip" and distinct(callee of call_ended by caller, 1h) >= 5
  then find caller_or_trunk as other score 0.7
  again after 20 min
"""


def slices_of_calls(count: int = 5, calls_per_slice: int = 12) -> Iterator[Slice]:
    for nth in range(count):
        yield dict(calls(calls_per_slice, first=nth * calls_per_slice))


@pytest.mark.parametrize("after", [1, 3, 5])
def test_rules_stopped_after_any_slice_find_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(sessions, "CHECKPOINT_SECONDS", -1.0)
    monkeypatch.setattr(sessions, "CHECKPOINT_COST_FACTOR", -1)
    monkeypatch.setattr(sessions, "FINDINGS_PER_PART", 1)
    detectors: dict[str, Detector] = {"burst": operator_rule(BURST, create_draft(at=0, by="a", why="b"), {})}
    session = open_sessions(detectors, {})["rules"].session
    expected: list[Finding] = []
    for piece in slices_of_calls():
        for table, batch in piece.items():
            expected += session.feed(table, batch)
    expected += session.finish()

    def dies() -> Iterator[Slice]:
        for number, piece in enumerate(slices_of_calls(), start=1):
            yield piece
            if number == after:
                raise Killed

    with pytest.raises(Killed):
        sessions.detect(dies(), detectors, Journal(tmp_path, "k"))
    again = Journal(tmp_path, "k")
    sessions.detect(slices_of_calls(), detectors, again)
    found = [(one["found_at"], one["subject"], one["evidence"]) for one in result(again, tmp_path)]
    assert len(found) > 1
    assert sorted(found) == sorted((one.found_at, one.subject, one.evidence) for one in expected)
    assert not list(again.subfolder("stretches").iterdir())


def test_of_findings_with_one_id_a_step_keeps_the_one_that_an_analysis_keeps(tmp_path: Path) -> None:
    weak, strong = finding(score=0.4, evidence='{"rule":"a"}'), finding(score=0.9, evidence='{"rule":"b"}')
    equal, live = finding(score=0.9, evidence='{"rule":"c"}'), finding(score=0.2, mode=Mode.LIVE)
    other = finding(subject="t2", score=0.1)
    for number, rows in enumerate([[weak, strong, other], [equal, other, strong], [live, other, weak, equal]]):
        pq.write_table(to_table(rows), tmp_path / f"{number}")
        merge_findings([tmp_path / f"{number}"], tmp_path / "merged")
        kept = keep_strongest(rows)
        strongest_first = to_table(sorted(kept, key=lambda one: -one.score))
        assert strongest_first.equals(pq.read_table(tmp_path / "merged")) and len(kept) == 2
        assert kept == [row for row in rows if row in kept]

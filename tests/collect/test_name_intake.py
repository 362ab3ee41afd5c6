"""A name counts once, whatever brings it, and an imitation becomes one candidate."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.collect.name_intake import IntakeSettings, NameBatch, SiteIntake
from fanzha.detect.lookalike_website import Comparison, LookalikeWebsiteDetector
from fanzha.store.site_watch import DAY_MS, AlertBudget, SiteWatchStore, open_site_watch

NOW = 1_793_000_000_000
BUDGET = AlertBudget(per_brand=5, total=5, stored=5)


@pytest.fixture(scope="session")
def detector() -> LookalikeWebsiteDetector:
    return LookalikeWebsiteDetector()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SiteWatchStore]:
    with open_site_watch(tmp_path) as opened:
        yield opened


@pytest.fixture
def intake(store: SiteWatchStore, detector: LookalikeWebsiteDetector) -> SiteIntake:
    return SiteIntake(store, detector, IntakeSettings(30 * DAY_MS, BUDGET))


def add(intake: SiteIntake, *names: str, source: str = "log", now: int = NOW) -> None:
    numbers = [str(number) for number in range(7, 7 + len(names))]
    intake.add(NameBatch(source, [name.encode() for name in names], [now - 5] * len(names), numbers), now)


def test_an_imitation_becomes_one_candidate_with_brand_sentence_and_place(
    store: SiteWatchStore, intake: SiteIntake
) -> None:
    add(intake, "honest-garden.example", "*.taobao-kf-tuikuan.top", "WWW.taobao-kf-tuikuan.top")
    (candidate,) = store.candidates()
    assert candidate.subject == "taobao-kf-tuikuan.top"
    assert candidate.brand == "taobao.com"
    assert candidate.source == "log"
    assert candidate.reference in ("8", "9")
    assert candidate.seen_at == NOW - 5
    assert "taobao" in candidate.sentence_en and candidate.sentence_zh
    assert candidate.score >= 0.5


def test_a_name_counts_once_whatever_brings_it(store: SiteWatchStore, intake: SiteIntake) -> None:
    add(intake, "taobao-kf-tuikuan.top", "b.example")
    add(intake.for_channel("list"), "taobao-kf-tuikuan.top", "B.example", "c.example", source="feed")
    assert len(store.candidates()) == 1
    counts = {count.source: (count.names, count.new) for count in store.day_counts(0)}
    assert counts == {"log": (2, 2), "feed": (3, 1)}


def test_another_host_of_a_candidate_is_no_second_one(store: SiteWatchStore, intake: SiteIntake) -> None:
    add(intake, "taobao-kf-tuikuan.top")
    add(intake, "login.taobao-kf-tuikuan.top")
    assert len(store.candidates()) == 1
    add(intake, "pay.taobao-kf-tuikuan.top", now=NOW + 31 * DAY_MS)
    assert len(store.candidates()) == 2


def test_what_is_no_host_is_counted(store: SiteWatchStore, intake: SiteIntake) -> None:
    bad = ["", "localhost", "a b.example", "192.0.2.1:80", "x" * 300 + ".example", "-\x00.example"]
    bad += ["-a.example", "a-.example"]
    add(intake, "good.example", *bad)
    intake.add(NameBatch("log", [b"\xff\xfe.example"], [NOW], ["1"]), NOW)
    (count,) = store.day_counts(0)
    assert (count.names, count.new, count.invalid) == (1, 1, 9)


def test_detection_gets_columns_of_site_seen(store: SiteWatchStore) -> None:
    batches: list[pa.RecordBatch] = []

    class Recorder(LookalikeWebsiteDetector):
        def compare(self, batch: pa.RecordBatch) -> Comparison:
            batches.append(batch)
            return Comparison([], [])

    intake = SiteIntake(store, Recorder(), IntakeSettings(DAY_MS, BUDGET)).for_channel("dns")
    add(intake, "b.example", "a.example", "a.example", source="feed")
    (batch,) = batches
    rows = sorted(batch.select(["host", "occurred_at", "seen_by", "event_id"]).to_pylist(), key=lambda row: row["host"])
    assert rows[0] == {"host": "a.example", "occurred_at": NOW - 5, "seen_by": "dns", "event_id": "feed/8/a.example"}
    assert len(rows) == 2


def test_a_name_that_mentions_a_brand_waits_for_a_look_and_is_no_candidate(
    store: SiteWatchStore, intake: SiteIntake
) -> None:
    add(intake, "honest-garden.example", "taobao-gardening.example", "www.taobao-gardening.example")
    assert store.candidates() == []
    assert store.release_mentions(BUDGET, NOW // DAY_MS * DAY_MS + DAY_MS - 1) == 1
    (mention,) = store.mentions()
    assert (mention.subject, mention.brand, mention.reference) == ("taobao-gardening.example", "taobao.com", "8")
    assert "mentions" in mention.sentence_en and "提及" in mention.sentence_zh
    add(intake, "m.taobao-gardening.example")
    assert store.mention_counts(NOW // DAY_MS * DAY_MS).found == 1


def test_a_mention_may_become_a_candidate_by_another_host(store: SiteWatchStore, intake: SiteIntake) -> None:
    add(intake, "taobao-gardening.top")
    add(intake, "taobao.com.taobao-gardening.top")
    assert [row.subject for row in store.candidates()] == ["taobao-gardening.top"]


def test_warming_up_compares_names_and_stores_nothing(
    store: SiteWatchStore, detector: LookalikeWebsiteDetector
) -> None:
    compared = list[int]()

    class Recorder(LookalikeWebsiteDetector):
        def compare(self, batch: pa.RecordBatch) -> Comparison:
            found = detector.compare(batch)
            compared.append(len(found.findings) + len(found.mentions))
            return found

    SiteIntake(store, Recorder(), IntakeSettings(DAY_MS, BUDGET)).warm_up()
    assert compared[0] >= 2 and store.candidates() == [] and store.day_counts(0) == []

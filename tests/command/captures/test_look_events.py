"""Looks become events that `fanzha watch` reads: forms, cloaking, brand and kit beside the measures of the page."""

from pathlib import Path

import msgspec
import pytest
from tests.command.captures.looks_made import make_record, seen
from tests.command.people import World

from fanzha.analyze.watch.folder import FolderInput, FolderSettings
from fanzha.command.captures.look_events import list_found_facts, write_look_event
from fanzha.detect import all_detectors
from fanzha.store.look_record import LookRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def events(home: Path) -> Path:
    (home / "fanzha.toml").write_text('[look]\nevents = "look-events"\n')
    return home / "look-events"


def test_a_look_is_an_event_that_watch_reads_and_detectors_score(world: World, events: Path) -> None:
    seen(world["bank"])  # made-up looks are no events
    world["carrier"].simulated = False
    world["carrier"].save()
    seen(world["carrier"])
    title = "a title\nof, two lines"
    record = make_record("http://other-bank.test/a?b=1,2")
    visits = tuple(msgspec.structs.replace(visit, title=title) for visit in record.visits)
    seen(world["carrier"], record, "http://other-bank.test/", visits=visits, at=record.at + 1)
    source = FolderInput(FolderSettings((events,), events.parent / "work"), {}, lambda: record.at + 60_000)
    arrivals = source.poll()
    while not source.is_caught_up:
        arrivals += source.poll()
    assert not [reject for arrival in arrivals for reject in arrival.rejects]
    batches = [arrival.tables["site_seen"] for arrival in arrivals if arrival.tables]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [row["host"] for row in rows] == ["login.bank-example.test", "other-bank.test"]
    assert rows[1]["url"].endswith("b=1,2") and rows[1]["title"] == "a title of, two lines"
    assert rows[0]["event_id"] != rows[1]["event_id"] and rows[0]["seen_by"] == "crawl"
    facts = dict(rows[0]["page_facts"])
    assert (facts["asks_card"], facts["asks_pin"], facts["cloaked"]) == (1, 0, 1)
    assert facts["brand_likeness"] == pytest.approx(1 - 3 / 256, abs=1e-4) and facts["kit"] > 0
    assert facts["empty_title"] == 0 and "nb_hyperlinks" in facts
    session = all_detectors()["phishing-page"].open()
    for batch in batches:
        session.feed("site_seen", batch)
    list(session.finish())


def test_pages_with_the_same_parts_have_the_same_kit() -> None:
    record = make_record()
    visit = record.telling_visit
    assert visit is not None
    kits = [
        list_found_facts(record, visit, parts)["kit"] for parts in (["script:a", "icon:b"], ["icon:b", "script:a"], [])
    ]
    assert kits[0] == kits[1] and kits[2] == ""


@pytest.mark.parametrize("settings", ["", '[look]\nevents = "/proc/not/there"\n'], ids=["none", "unusable"])
def test_without_a_usable_folder_the_look_is_recorded_all_the_same(world: World, home: Path, settings: str) -> None:
    (home / "fanzha.toml").write_text(settings)
    assert seen(world["carrier"]).state == "seen"
    assert not write_look_event(make_record(), [])
    assert not write_look_event(LookRecord("", 0), [])

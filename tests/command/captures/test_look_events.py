"""Looks become events that `fanzha watch` reads: forms, cloaking, brand and kit beside the measures of the page."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from tests.command.captures.looks_made import make_record, seen
from tests.command.people import World

from fanzha.analyze.watch.folder import FolderInput, FolderSettings
from fanzha.collect.pages.page_facts import build_page_facts
from fanzha.collect.pages.page_inventory import PageInventory
from fanzha.command.captures.look_events import list_found_facts, remove_old_events, write_look_event
from fanzha.detect import all_detectors
from fanzha.store.look_record import PAGE_FACT_NAMES, LookRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def events(home: Path, world: World) -> Path:
    ref = world["carrier"].ref
    (home / "fanzha.toml").write_text(f'[look]\nevents = "look-events"\nevents_of = "{ref}"\n')
    return home / "look-events"


def test_a_look_is_an_event_that_watch_reads_and_detectors_score(world: World, events: Path) -> None:
    seen(world["carrier"])  # made-up looks are no events
    for name in ("carrier", "centre"):
        world[name].simulated = False
        world[name].save()
    seen(world["centre"])  # looks of another organisation are none of this folder
    seen(world["carrier"])
    title = "a title\nof, two lines"
    record = make_record("http://other-bank.test/a?b=1,2")
    visits = tuple(msgspec.structs.replace(visit, title=title) for visit in record.visits)
    seen(world["carrier"], record, "http://other-bank.test/", visits=visits, at=record.at + 1)
    source = FolderInput(FolderSettings((events,), events.parent / "work"), {}, lambda: record.at + 60_000)
    arrivals = source.poll()
    while not source.is_caught_up:
        arrivals += source.poll()
    assert source.list_problems() == {}
    assert not [reject for arrival in arrivals for reject in arrival.rejects]
    batches = [arrival.tables["site_seen"] for arrival in arrivals if arrival.tables]
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert [row["host"] for row in rows] == ["login.bank-example.test", "other-bank.test"]
    assert rows[1]["url"] == "http://other-bank.test/a" and rows[1]["title"] == "a title of, two lines"
    assert rows[0]["event_id"] != rows[1]["event_id"] and rows[0]["seen_by"] == "crawl"
    facts = dict(rows[0]["page_facts"])
    assert (facts["asks_card"], facts["asks_pin"], facts["cloaked"]) == (1, 0, 1)
    assert facts["brand_likeness"] == pytest.approx(1 - 3 / 256, abs=1e-4) and facts["kit"] > 0
    assert facts["empty_title"] == 0 and "nb_hyperlinks" in facts
    session = all_detectors()["phishing-page"].open()
    for batch in batches:
        session.feed("site_seen", batch)
    list(session.finish())


def test_files_leave_after_their_time(world: World, events: Path) -> None:
    assert write_look_event(world["carrier"], make_record(), [])
    (events / "own.csv").touch()
    assert remove_old_events(datetime(2026, 12, 30, tzinfo=UTC)) == 0
    assert remove_old_events(datetime(2026, 12, 31, tzinfo=UTC)) == 1
    assert (events / "own.csv").is_file()


def test_pages_with_the_same_parts_have_the_same_kit() -> None:
    record = make_record()
    visit = record.telling_visit
    assert visit is not None
    kits = [
        list_found_facts(record, visit, parts)["kit"] for parts in (["script:a", "icon:b"], ["icon:b", "script:a"], [])
    ]
    assert kits[0] == kits[1] and kits[2] == ""


def test_columns_are_those_of_every_page(events: Path) -> None:
    page = PageInventory(url="http://a.example/", title="A")
    assert set(build_page_facts(page, (), ())) == set(PAGE_FACT_NAMES)


def test_an_empty_file_a_cut_line_and_other_columns_lose_no_event(world: World, events: Path) -> None:
    owner, record = world["carrier"], make_record()
    path = events / "looks-2026-11-30.csv"
    events.mkdir()
    path.touch()  # the site was killed before it wrote the first line
    assert write_look_event(owner, record, [])
    path.write_bytes(path.read_bytes() + b"look:1,17")  # and within a later one
    assert write_look_event(owner, record, [])
    header, first, cut, second = path.read_text("utf-8").splitlines()
    assert header.startswith("event_id,at,") and first == second and cut == "look:1,17"
    path.write_text("event_id,at,host,old\n")
    assert write_look_event(owner, record, [])
    assert path.read_text("utf-8") == "event_id,at,host,old\n" and len(list(events.glob("looks-*-*-*-*.csv"))) == 1


@pytest.mark.parametrize("folder", ["", "/proc/not/there"], ids=["none", "unusable"])
def test_without_a_usable_folder_the_look_is_recorded_all_the_same(world: World, home: Path, folder: str) -> None:
    owner = world["carrier"]
    (home / "fanzha.toml").write_text(f'[look]\nevents = "{folder}"\nevents_of = "{owner.ref}"\n')
    assert seen(owner).state == "seen"
    assert not write_look_event(owner, make_record(), [])
    assert not write_look_event(owner, LookRecord("", 0), [])

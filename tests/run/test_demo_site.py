"""The site of the demo comes up with its story, everybody can look round in it, and it leaves nothing running."""

import socket
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console
from tests.run.burst import write_burst

from fanzha.base.errors import WrongCall
from fanzha.command.orders.order_settings import OrderSettings, order_settings
from fanzha.run.demo import DemoFailed
from fanzha.run.demo_site import SITE_SETTINGS, DemoSite, free_place, print_site
from fanzha.run.up import Place, answers

PASSWORD = "a long made-up pass phrase"


@pytest.fixture
def place(socket_enabled: None) -> Place:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return Place(port=int(found.getsockname()[1]))


def test_the_site_is_looked_at_by_everybody_and_stopped(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_DATABASE_URL", "postgresql://postgres@/an-operators-own?host=/none")
    site, console = DemoSite(tmp_path / "site", place, PASSWORD), Console(record=True, width=200)
    findings = write_burst(tmp_path / "burst.jsonl")
    site.prepare(findings)
    story = site.prepare(findings)  # made anew
    with site.running(console):
        print_site(console, site, story)
        checked = site.probe(story)
        somebody = story.users[0]
        for users, number, told in (
            ((replace(somebody, email="x@y.example"),), story.refused, "could not sign in"),
            ((replace(somebody, reads="no such words"),), story.refused, "finds no such words nowhere"),
            ((), "+8617000000999", r"did not refuse a call of \+8617000000999: allow"),
        ):
            with pytest.raises(DemoFailed, match=told):
                site.probe(replace(story, users=users, refused=number))
    assert checked[0].startswith(f"{len(story.users)} people sign in")
    told = console.export_text()
    assert PASSWORD in told and place.address in told and "analyst@mobile.example" in told
    assert not answers(place, "/healthz")


def test_what_the_demo_writes_of_itself_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    assert order_settings() == OrderSettings()


def test_a_folder_that_no_demo_made_is_left_alone(place: Place, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mine").touch()
    with pytest.raises(WrongCall, match="was not made by a demo"):
        DemoSite(tmp_path / "site", place, PASSWORD).prepare(tmp_path)
    assert (tmp_path / "site" / "mine").exists()


def test_a_story_that_breaks_off_says_why(place: Place, tmp_path: Path) -> None:
    with pytest.raises(DemoFailed, match="no campaign has 5 of phone_number"):
        (tmp_path / "none.jsonl").touch()
        DemoSite(tmp_path / "site", place, PASSWORD).prepare(tmp_path / "none.jsonl")


def test_a_port_that_was_asked_for_must_be_free_and_the_usual_one_need_not(place: Place) -> None:
    assert free_place(place.port) == place
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", place.port))
        taken.listen()
        with pytest.raises(WrongCall, match="cannot be listened at"):
            free_place(place.port)
    with socket.socket() as usual:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        usual.bind(("127.0.0.1", Place().port))
        usual.listen()
        assert free_place(None).port != Place().port

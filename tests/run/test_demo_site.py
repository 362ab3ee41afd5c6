"""The demo's site starts with its data, every person can sign in, and stopping it leaves no process."""

import socket
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console
from tests.run.burst_findings import write_burst

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.orders.order_settings import OrderSettings, load_order_settings
from fanzha.run.demo import DemoFailed
from fanzha.run.demo_site import SITE_SETTINGS, DemoSite, choose_address, print_site
from fanzha.run.demo_story import DemoStory, DemoUser
from fanzha.run.up import SiteAddress, responds_ok

PASSWORD = "a long made-up pass phrase"


@pytest.fixture
def address(socket_enabled: None) -> SiteAddress:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return SiteAddress(port=int(probe.getsockname()[1]))


@pytest.mark.field
def test_a_story_that_breaks_off_says_why_and_the_next_site_is_looked_at_by_everybody_and_stopped(
    address: SiteAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_DATABASE_URL", "postgresql://postgres@/an-operators-own?host=/none")
    site, console = DemoSite(tmp_path / "site", address, PASSWORD), Console(record=True, width=200)
    (tmp_path / "none.jsonl").touch()
    with pytest.raises(DemoFailed, match="no campaign has 5 of phone_number"):
        site.prepare(tmp_path / "none.jsonl", with_year=False)
    story = site.prepare(write_burst(tmp_path / "burst.jsonl"), with_year=False)  # made anew
    with site.serve(console):
        print_site(console, site, story)
        checked = site.probe(story)
        user = story.users[0]
        for users, number, error in (
            ((replace(user, email="x@y.example"),), story.refused_number, "could not sign in"),
            ((replace(user, expected_text="no such words"),), story.refused_number, "finds no such words nowhere"),
            ((), "+8617000000999", r"did not refuse a call of \+8617000000999: allow"),
        ):
            with pytest.raises(DemoFailed, match=error):
                site.probe(replace(story, users=users, refused_number=number))
    assert checked[0].startswith(f"{len({user.desk for user in story.users})} people, one of each desk, sign in")
    error = console.export_text()
    assert PASSWORD in error and address.url in error and "analyst@mobile.example" in error
    assert not responds_ok(address, "/healthz")


def test_addresses_and_names_are_printed_whole_on_a_narrow_terminal(address: SiteAddress, tmp_path: Path) -> None:
    organization = Words("示例省通信管理局", "Example Provincial Administration")
    user = DemoUser(
        "privacy-officer@administration.example", organization, Words("个人信息保护负责人", "Privacy"), "", ""
    )
    order, campaign = "01KCEXAMPLE0000000000000AA", "01KCEXAMPLE0000000000000BB"
    story = DemoStory((user,), order, campaign, "", {})
    console = Console(record=True, width=40)
    print_site(console, DemoSite(tmp_path / "a-folder-with-a-long-name" / "site", address, PASSWORD), story)
    lines = console.export_text().splitlines()
    assert lines[:2] == [
        "示例省通信管理局 Example Provincial Administration",
        "  privacy-officer@administration.example  个人信息保护负责人 Privacy",
    ]
    for whole in (f"{address.url}/processes/{order}/", f"{address.url}/campaigns/{campaign}/", PASSWORD, "site.log"):
        assert any(whole in line for line in lines)


def test_what_the_demo_writes_of_itself_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    assert load_order_settings() == OrderSettings()


def test_a_folder_that_no_demo_made_is_left_alone(address: SiteAddress, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "mine").touch()
    with pytest.raises(UsageError, match="was not made by a demo"):
        DemoSite(tmp_path / "site", address, PASSWORD).prepare(tmp_path)
    assert (tmp_path / "site" / "mine").exists()


def test_a_port_that_was_asked_for_must_be_free_and_the_usual_one_need_not(address: SiteAddress) -> None:
    assert choose_address(address.port) == address
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", address.port))
        listener.listen()
        with pytest.raises(UsageError, match="cannot be listened at"):
            choose_address(address.port)
    with socket.socket() as default_listener:
        default_listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        default_listener.bind(("127.0.0.1", SiteAddress().port))
        default_listener.listen()
        assert choose_address(None).port != SiteAddress().port

"""Readers see looks of their own organisation; evidence files are named plainly."""

import pytest
from tests.command.captures.looks_made import URL, seen
from tests.command.people import World

from fanzha.command.captures.selectors import (
    all_captures,
    count_capture_states,
    find_captures,
    find_evidence_file,
    find_innocent_assets,
    find_shared_assets,
    load_evidence,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_looks_are_read_by_their_organisation_alone(world: World) -> None:
    capture = seen(world["carrier"])
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        assert list(find_captures("seen", capture.host)) == [capture]
        assert count_capture_states() == {"waiting": 0, "seen": 1, "failed": 0}
        assert not find_captures("failed")
    with scoped_to(world.viewer("other_carrier", Role.ANALYST)):
        assert not find_captures()
    assert list(all_captures(unscoped("test"))) == [capture]


def test_an_evidence_file_is_never_outside_of_its_folder(world: World) -> None:
    capture = seen(world["carrier"])
    assert find_evidence_file(capture, "phone.png") and load_evidence(capture)
    assert find_evidence_file(capture, "../../fanzha.toml") is None and find_evidence_file(capture, "..") is None
    (find_evidence_file(capture, "look.json") or pytest.fail()).unlink()
    assert load_evidence(capture) is None


def test_shared_parts_are_those_of_other_hosts(world: World) -> None:
    first = seen(world["carrier"], url="http://first-bank.test/")
    again, other = seen(world["carrier"]), seen(world["other_carrier"], url="http://x-bank.test/")
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        assert {shared.capture for shared in find_shared_assets(again)} == {first}
        assert again.url == URL and other.pk not in {shared.capture.pk for shared in find_shared_assets(again)}


def test_parts_of_pages_with_findings_are_not_innocent(world: World) -> None:
    capture = seen(world["carrier"])
    assets = [("target", "collector.example"), ("icon", "unknown")]
    access = unscoped("test")
    with access:
        assert find_innocent_assets(capture.owner_id, assets, access) == set()
        all_captures(access).update(score=None)
        assert find_innocent_assets(capture.owner_id, assets, access) == {("target", "collector.example")}

"""Figures count the tags and disputes of all organisations; who decides sees what waits, with its deadline."""

from pathlib import Path

from django.utils import timezone
from tests.command.people import World

from fanzha.command.number_tags.models import TagDispute
from fanzha.command.number_tags.selectors import all_disputes, all_tags, list_open_disputes
from fanzha.command.number_tags.services import DISPUTE_DAYS, Tagging, add_tag
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped


def test_tags_and_disputes_of_every_organisation_are_read(world: World, home: Path) -> None:
    now = timezone.now()
    for name in ("carrier", "centre"):
        add_tag(world[name], Tagging("website", "shop.example", "fraud", name), now)
        TagDispute._base_manager.create(owner=world[name], kind="phone_number", value="1", code_hash="", given_at=now)
    access = unscoped("the test counts")
    owners = {world["carrier"].pk, world["centre"].pk}
    assert set(all_tags(access).values_list("owner", flat=True)) == owners
    assert set(all_disputes(access).values_list("owner", flat=True)) == owners


def test_a_dispute_waits_at_the_home_of_who_decides_it(world: World, home: Path) -> None:
    now = timezone.now()
    TagDispute._base_manager.create(
        owner=world["carrier"], decider=world["centre"], kind="phone_number", value="+8617000000001", code_hash="",
        given_at=now, disputed_at=now, statement="I am a courier",
    )  # fmt: skip
    reviewers = [world.viewer(name, Role.REVIEWER) for name in ("carrier", "centre")]
    found = []
    for viewer in reviewers:
        with scoped_to(viewer):
            found.append(list_open_disputes(viewer, 10))
    assert found[0] == []
    (row,) = found[1]
    assert (row.due, row.summary, row.meta) == (now + DISPUTE_DAYS, "I am a courier", ("Example carrier",))
    page = world.client("centre", Role.REVIEWER).get("/").content.decode()
    assert "Disputes of number tags to decide" in page and "+8617000000001" not in page

"""Figures count the tags and disputes of all organisations."""

from pathlib import Path

from django.utils import timezone
from tests.command.people import World

from fanzha.command.number_tags.models import TagDispute
from fanzha.command.number_tags.selectors import all_disputes, all_tags
from fanzha.command.number_tags.services import Tagging, add_tag
from fanzha.command.web.scoping import unscoped


def test_tags_and_disputes_of_every_organisation_are_read(world: World, home: Path) -> None:
    now = timezone.now()
    for name in ("carrier", "centre"):
        add_tag(world[name], Tagging("website", "shop.example", "fraud", name), now)
        TagDispute._base_manager.create(owner=world[name], kind="phone_number", value="1", code_hash="", given_at=now)
    access = unscoped("the test counts")
    owners = {world["carrier"].pk, world["centre"].pk}
    assert set(all_tags(access).values_list("owner", flat=True)) == owners
    assert set(all_disputes(access).values_list("owner", flat=True)) == owners

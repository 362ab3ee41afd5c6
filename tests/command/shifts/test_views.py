"""The board and the hand-over as people use them, without scripts."""

import pytest
from django.test import Client
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns.models import Campaign
from fanzha.command.shifts.models import DigestChoice, Handover
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_card_is_moved_by_its_form_and_the_move_is_undone(world: World) -> None:
    row, client = campaign(world["carrier"], 1), world.client("carrier", Role.ANALYST)
    reviewer = world.person("carrier", Role.REVIEWER)
    assert f'id="card-{row.ref}"' in page(client, "/board/") and "carrier reviewer</option>" in page(client, "/board/")
    told = {"card": f"campaign:{row.ref}", "to": reviewer.ref, "revision": "1"}
    assert client.post("/board/move/", told).headers["Location"] == f"/board/#card-{row.ref}"
    shown = page(client, "/board/")
    assert "The card was moved." in shown and "/campaigns/undo/" in shown
    client.post("/board/move/", told)
    assert "was first" in page(client, "/board/")
    assert Campaign._base_manager.get().assignee == reviewer


@pytest.mark.parametrize(("language", "words"), [("en", "no open work to hand over"), ("zh-hans", "无需交班")])
def test_who_works_on_nothing_has_nothing_to_hand_over(world: World, language: str, words: str) -> None:
    assert words in page(world.client("carrier", Role.ANALYST, language=language), "/handover/")


def test_a_shift_is_handed_over_and_the_record_is_read_by_both(world: World) -> None:
    analyst, reviewer = world.person("carrier", Role.ANALYST), world.person("carrier", Role.REVIEWER)
    row, client = campaign(world["carrier"], 1, assignee=analyst), world.client("carrier", Role.ANALYST)
    key = f"campaign:{row.ref}"
    assert f'name="note-{key}"' in page(client, "/handover/")
    assert client.post("/handover/", {"pick": [key]}).status_code == 422
    assert "pick what to hand over first" in client.post("/handover/", {"to": reviewer.ref}).content.decode()
    told = {"to": reviewer.ref, "pick": [key], f"note-{key}": "call the trunk's owner", "remark": "quiet"}
    path = client.post("/handover/", told).headers["Location"]
    assert path == f"/handover/{Handover._base_manager.get().ref}/"
    for reader in (client, world.client("carrier", Role.REVIEWER)):
        shown = page(reader, path)
        assert all(words in shown for words in ("carrier analyst → carrier reviewer", "call the trunk", "quiet"))
    assert "carrier analyst → carrier reviewer" in page(client, "/handover/")
    assert world.client("bank", Role.ANALYST).get(path).status_code == 404


def test_the_digest_is_chosen_and_ended(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    assert "no mail server" in page(client, "/digest/")
    client.post("/digest/", {"time": "daily", "hour": "7"})
    assert DigestChoice._base_manager.get().hour == 7 and "Saved." in page(client, "/digest/")
    assert client.post("/digest/", {"time": "hourly", "hour": "7"}).status_code == 422
    client.post("/digest/", {"time": "", "hour": "7"})
    assert not DigestChoice._base_manager.exists()

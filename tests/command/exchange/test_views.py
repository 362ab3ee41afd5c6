"""The pages list collections, make one, name its readers, and show what was given."""

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of, decide, let_read, program
from tests.command.people import World

from fanzha.command.exchange.models import Collection, CollectionReader
from fanzha.command.exchange.publication import share_pending
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_collection_is_made_and_given_on_pages(world: World) -> None:
    client = world.client("centre", Role.LIAISON)
    assert "Nothing is shared yet" in client.get("/exchange/").content.decode()
    made = client.post(
        "/exchange/new/", {"title_zh": "钓鱼", "title_en": "Phishing", "ceiling": "TLP:AMBER", "level": "suspected"}
    )
    row = Collection._base_manager.get()
    assert made.status_code == 302 and made["Location"] == f"/exchange/{row.ref}/"
    wrong = client.post(
        made["Location"], {"organization": world["carrier"].ref, "purpose": "they act", "country": "SG"}
    )
    assert wrong.status_code == 422 and "for readers in the country" in wrong.content.decode()
    client.post(made["Location"], {"organization": world["carrier"].ref, "purpose": "they act on it"})
    assert "Example carrier" in client.get(made["Location"]).content.decode()
    client.post(f"{made['Location']}readers/{CollectionReader._base_manager.get().pk}/end/")
    client.post(f"{made['Location']}end/")
    assert "ended" in client.get(made["Location"]).content.decode()


def test_the_page_shows_what_was_given_to_whom(world: World) -> None:
    collection = collection_of(world)
    let_read(world, collection)
    decide(world, "login.example.com")
    share_pending(timezone.now())
    program(world).get(f"collections/{collection.taxii_id}/objects/")
    page = world.client("centre", Role.REVIEWER).get(f"/exchange/{collection.ref}/").content.decode()
    assert "What was given to whom" in page and "Example carrier" in page and "Let it read" not in page


def test_readers_find_it_in_their_list_and_not_its_page(world: World) -> None:
    collection = collection_of(world)
    let_read(world, collection)
    client = world.client("carrier", Role.LIAISON)
    assert "shared by Example centre" in client.get("/exchange/").content.decode()
    assert client.get(f"/exchange/{collection.ref}/").status_code == 404

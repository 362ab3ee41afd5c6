"""Programs make collections, let organisations read them, and end both, as people do on pages."""

import pytest
from tests.command.people import World

from fanzha.command.exchange.models import Collection, CollectionReader
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
API = "/api/v1/exchange/collections"


def test_a_collection_is_made_given_and_ended(world: World) -> None:
    client = world.client("centre", Role.LIAISON)
    made = client.post(API, {"title_zh": "钓鱼", "title_en": "Phishing"}, content_type="application/json").json()
    path = f"{API}/{made['ref']}"
    body = {"organization": world["carrier"].ref, "purpose": "they act on it"}
    reader = client.post(f"{path}/readers", body, content_type="application/json").json()
    assert [row["number"] for row in client.get(f"{path}/readers").json()] == [reader["number"]]
    listed = world.client("carrier", Role.LIAISON).get(API).json()
    assert [(row["id"], row["is_owner"]) for row in listed] == [(made["id"], False)]
    wrong = client.post(f"{path}/readers", body | {"organization": "x"}, content_type="application/json")
    assert wrong.status_code == 422
    assert client.delete(f"{path}/readers/{reader['number']}").status_code == 204
    assert client.delete(path).status_code == 204
    assert CollectionReader._base_manager.get().ended_at and Collection._base_manager.get().retired_at

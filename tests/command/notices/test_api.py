"""A program of a shop or hotline does by API what a clerk does at the desk."""

from typing import Any

import pytest
from django.test import Client
from tests.command.notices.limits_made import NUMBER, code_of, limited, notice_of
from tests.command.people import World

from fanzha.command.notices.models import LimitAppeal, LimitNotice
from fanzha.command.organizations.models import ApiKey

pytestmark = pytest.mark.usefixtures("home", "in_english")


@pytest.fixture
def notice(world: World) -> LimitNotice:
    return limited(world)


def program(world: World, name: str = "carrier") -> Client:
    scopes = ["notices:read", "notices:write"]
    _made, secret = ApiKey.make(world[name], "a shop", scopes=scopes, roles=["clerk"], per_minute=1_000)
    return Client(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1/notices{path}", body, content_type="application/json")


def test_a_notice_is_found_handed_over_and_appealed_against(world: World, notice: LimitNotice) -> None:
    client = program(world)
    found = post(client, "/find", query=NUMBER, purpose="came to the shop").json()["notices"]
    assert [row["ref"] for row in found] == [notice.ref] and NUMBER not in str(found)
    assert post(client, f"/{notice.ref}/deliveries", result="shop").status_code == 422
    answer = post(client, f"/{notice.ref}/deliveries", result="shop", checked="identity_card")
    assert answer.json()["state"] == "delivered"
    assert post(client, f"/{notice.ref}/print").json() == {"code": code_of(notice), "pin": ""}
    filed = post(client, f"/{notice.ref}/appeal", channel="shop", checked="identity_card", text="a courier")
    assert filed.status_code == 201 and len(filed.json()["receipt"]) == 19
    again = post(client, f"/{notice.ref}/appeal", channel="shop", checked="identity_card", text="a courier")
    assert again.status_code == 409 and LimitAppeal.objects.count() == 1


def test_lists_and_figures_are_of_the_own_organisation(world: World, notice: LimitNotice) -> None:
    own, other = program(world, "centre"), program(world, "other_carrier")
    assert [row["ref"] for row in own.get("/api/v1/notices/").json()["items"]] == [notice.ref]
    assert other.get("/api/v1/notices/").json()["items"] == []
    assert other.get(f"/api/v1/notices/{notice.ref}").status_code == 404
    assert own.get(f"/api/v1/notices/{notice.ref}").json()["fact_en"] == notice.fact.en
    assert own.get("/api/v1/notices/figures").json()["notices"] == 0  # exercises are left out
    assert own.get("/api/v1/notices/appeals").json() == []
    assert notice_of(notice.instance).delivered_at is None

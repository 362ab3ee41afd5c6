"""Saved views of lists: saved from the address, opened by default, shared, deleted; with sort and columns."""

import pytest
from django.test import Client
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.saved_views.models import SavedView
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.headers
    return answer.content.decode()


@pytest.mark.parametrize("path", ["/campaigns/", "/subjects/", "/orders/", "/processes/"])
def test_each_list_offers_to_save_what_its_address_shows(world: World, path: str) -> None:
    client = world.client("carrier", Role.ANALYST)
    assert "Save this view" not in page(client, path)
    shown = page(client, f"{path}?sort=latest&cursor=nonsense")
    assert "Save this view" in shown and 'name="query" value="sort=latest"' in shown and "data-instant" in shown


def test_a_view_is_saved_opened_by_default_and_left(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    told = {"page": "campaign_queue", "name": "late loans", "query": "show=late&kind=fake_loan", "default": "yes"}
    assert client.post("/views/", told).headers["Location"] == "/campaigns/?kind=fake_loan&show=late"
    assert client.get("/campaigns/").headers["Location"] == "/campaigns/?kind=fake_loan&show=late"
    shown = page(client, "/campaigns/?kind=fake_loan&show=late")
    assert 'aria-current="page">late loans' in shown and "Save this view" not in shown
    assert "late loans" in page(client, "/campaigns/?view=standard")
    assert "late loans" in page(client, "/")  # the menu
    assert "late loans" in client.post("/palette/", {"q": "late lo"}).content.decode()
    ref = SavedView._base_manager.get().ref
    client.post(f"/views/{ref}/", {"do": "no_default"})
    assert page(client, "/campaigns/")


def test_a_shared_view_is_there_for_colleagues_until_it_is_deleted(world: World) -> None:
    client, colleague = world.client("carrier", Role.ANALYST), world.client("carrier", Role.CLERK)
    client.post("/views/", {"page": "orders", "name": "overdue", "query": "show=late"})
    ref = SavedView._base_manager.get().ref
    assert colleague.post(f"/views/{ref}/", {"do": "delete"}).status_code == 404
    client.post(f"/views/{ref}/", {"do": "share"})
    assert "overdue" in page(colleague, "/orders/?show=all")
    colleague.post(f"/views/{ref}/", {"do": "delete"})
    assert "only its owner" in page(colleague, "/orders/?show=all")
    client.post(f"/views/{ref}/", {"do": "keep"})
    assert "overdue" not in page(colleague, "/orders/?show=all")
    client.post(f"/views/{ref}/", {"do": "delete"})
    assert not SavedView._base_manager.exists()


def test_a_view_without_a_name_is_refused(world: World) -> None:
    client = world.client("carrier", Role.ANALYST)
    client.post("/views/", {"page": "nowhere", "name": "", "query": ""})
    assert "give the view a name" in page(client, "/campaigns/")


def test_sort_and_columns_of_the_queue(world: World) -> None:
    campaign(world["carrier"], 1, first=10)
    campaign(world["carrier"], 4, first=20, heat=0.0)
    client = world.client("carrier", Role.ANALYST)
    shown = page(client, "/campaigns/?sort=subjects&columns=reason")
    assert shown.index("4 subjects") < shown.index("T10") and "row-why" in shown and "row-meta" not in shown
    assert page(client, "/campaigns/?sort=heat").index("T10") < page(client, "/campaigns/?sort=heat").index("T20")

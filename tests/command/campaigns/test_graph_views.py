"""The graph's page, pieces and reasons: with masked values, for who may read them, and readable without a script."""

import json

import pytest
from django.test import Client
from tests.command.campaigns.factories import campaign, number
from tests.command.campaigns.test_graph_fragments import called
from tests.command.campaigns.test_views import page
from tests.command.people import World
from tests.command.subjects.factories import finding_row

from fanzha.command.campaigns.graph_views import EDGE_WORDS
from fanzha.command.campaigns.models import Tie
from fanzha.command.campaigns.ties import MAX_SUBJECTS
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(world: World) -> Client:
    return world.client("carrier", Role.ANALYST)


def piece(client: Client, query: str) -> dict[str, list[dict[str, object]]]:
    return dict(json.loads(page(client, f"/graph/data/?{query}")))


def test_every_kind_of_tie_has_words() -> None:
    assert set(EDGE_WORDS) == {*MAX_SUBJECTS, "called", "texted"}


def test_without_a_beginning_campaigns_are_offered(world: World, analyst: Client) -> None:
    row = campaign(world["carrier"], 2)
    assert f"/graph/?campaign={row.ref}" in page(analyst, "/graph/")


def test_the_page_has_nodes_and_edges_as_tables(world: World, analyst: Client) -> None:
    campaign(world["carrier"], 2)
    finding_row(world["carrier"], number(9))
    called(world["carrier"], number(0), number(9), 2)
    html = page(analyst, f"/graph/?subject={number(0).ref}")
    assert f"/graph/?subject={number(1).ref}" in html
    assert f"/graph/why/?subject={number(0).ref}&tie={Tie._base_manager.get().pk}" in html
    assert f"/graph/why/?subject={number(0).ref}&other={number(9).ref}" in html


def test_pieces_hold_masked_values_only(world: World, analyst: Client) -> None:
    row = campaign(world["carrier"], 2)
    for query in (f"subject={number(0).ref}", f"campaign={row.ref}", f"tie={Tie._base_manager.get().pk}"):
        found = piece(analyst, query)
        assert len(found["nodes"]) == 3 and len(found["edges"]) == 2, query
        assert number(0).value[-8:] not in json.dumps(found)


def test_others_get_nothing(world: World) -> None:
    row = campaign(world["carrier"], 2)
    other = world.client("other_carrier", Role.ANALYST)
    tie = Tie._base_manager.get().pk
    for query in (f"subject={number(0).ref}", f"campaign={row.ref}"):
        assert other.get(f"/graph/data/?{query}").status_code == 404
    assert piece(other, f"tie={tie}")["nodes"] == piece(other, "")["nodes"] == []
    assert other.get("/graph/why/").headers["Location"] == "/graph/"
    for query in (f"subject={number(0).ref}&tie={tie}", f"subject={number(0).ref}&other={number(1).ref}"):
        assert other.get(f"/graph/why/?{query}").status_code == 404


def test_why_is_a_part_for_the_script_and_else_a_page(world: World, analyst: Client) -> None:
    campaign(world["carrier"], 2)
    address = f"/graph/why/?subject={number(0).ref}&tie={Tie._base_manager.get().pk}"
    assert "<html" in page(analyst, address)
    part = str(analyst.get(address, headers={"HX-Request": "true"}).content, "utf-8")
    assert part.startswith("<h2>") and f"/subjects/{number(0).ref}/#findings" in part


def test_subject_and_campaign_pages_lead_to_it(world: World, analyst: Client) -> None:
    row = campaign(world["carrier"], 2)
    assert f"/graph/?subject={number(0).ref}" in page(analyst, f"/subjects/{number(0).ref}/")
    assert f"/graph/?campaign={row.ref}" in page(analyst, f"/campaigns/{row.ref}/")

"""NUL characters are refused wherever text comes in, and whatever only looks like one passes."""

import pytest
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.web.roles import Role


@pytest.mark.parametrize("address", ["/processes/?process=%00", "/search/%00/", "/processes/?before=1%00"])
def test_addresses_and_queries_are_refused_or_not_there(world: World, address: str) -> None:
    assert world.client("carrier", Role.ANALYST).get(address).status_code in (400, 404)


def test_forms_are_refused(world: World) -> None:
    answer = world.client("carrier", Role.ANALYST).post("/processes/open/lead/draft/", {"title": "x\0"})
    assert answer.status_code == 400


def test_programs_are_told_what_is_wrong(world: World) -> None:
    client = asking(world, "carrier", scopes=["flows:write"])
    told = problem(client.post("/api/v1/flows/instances", b'{"process": "x\\u0000"}', "application/json"), 400)
    assert "u0000" in told["detail"]

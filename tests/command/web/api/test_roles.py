"""A route says whose it is: others are refused before their request is read."""

import pytest
from ninja import Router
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.roles import RouteRoles, for_roles, require_role, route_roles
from fanzha.command.web.api.routers import build_api
from fanzha.command.web.roles import Kind, Role

AT = "/api/v1/flows/notices/1/delivered"


def test_a_role_is_asked_for_before_the_body_is_read(world: World) -> None:
    analyst = asking(world, "carrier", roles=["analyst"])
    told = problem(analyst.post(AT, "rubbish", "application/json"), 403)
    assert told["detail"] == "This is not one of your tasks."
    problem(asking(world, "carrier", roles=["clerk"]).post(AT, "rubbish", "application/json"), 400)


def test_people_have_the_roles_of_their_membership(world: World) -> None:
    problem(world.client("carrier", Role.ANALYST).post(AT, {"how": "x"}, "application/json"), 403)
    problem(world.client("carrier", Role.CLERK).post(AT, {"how": "x"}, "application/json"), 404)


def test_a_route_may_be_of_one_kind_of_organization(world: World) -> None:
    of_the_police = RouteRoles(kinds=(Kind.POLICE,))
    require_role(world.viewer("police", Role.ANALYST), of_the_police)
    with pytest.raises(Problem):
        require_role(world.viewer("carrier", Role.ANALYST), of_the_police)


def test_the_file_tells_whose_a_route_is() -> None:
    router = Router()

    @router.get("/x")
    @for_roles(Role.CLERK, kinds=(Kind.POLICE,))
    def x(request: object) -> None: ...

    told = build_api({"orders": router}).get_openapi_schema()["paths"]["/api/v1/orders/x"]["get"]
    assert (told["x-roles"], told["x-kinds"]) == (["clerk"], ["police"])


def test_a_route_whose_roles_cannot_be_read_is_not_mounted() -> None:
    with pytest.raises(TypeError, match="decorator of its own"):
        route_roles(lambda request: None)

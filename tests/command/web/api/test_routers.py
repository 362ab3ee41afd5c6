"""An app that has routes is found by its folder, and each route stands behind the door."""

from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from ninja import Router
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha import command
from fanzha.command.web.api.routers import api_path, build_api, routers, site_api
from fanzha.command.web.roles import Role

FOLDER = Path(command.__path__[0])


def test_every_app_with_routes_is_mounted_below_its_name() -> None:
    packages = {f"fanzha.command.{path.parent.name}" for path in FOLDER.glob("*/api.py")}
    written = {api_path(config) for config in apps.get_app_configs() if config.name in packages}
    assert set(routers()) == written and "flows" in written
    paths = site_api().get_openapi_schema()["paths"]
    assert {path.split("/")[3] for path in paths} == written


def test_names_of_routes_are_told_apart() -> None:
    told = [one["operationId"] for ways in site_api().get_openapi_schema()["paths"].values() for one in ways.values()]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("app", sorted(routers()))
def test_nobody_gets_past_the_door_unknown(world: World, app: str) -> None:
    paths = site_api().get_openapi_schema()["paths"]
    for path in (path for path in paths if path.split("/")[3] == app):
        at = path.replace("{", "").replace("}", "")
        for method in paths[path]:
            assert Client().generic(method.upper(), at).status_code in (401, 404), f"{method} {path}"


def test_an_api_of_other_routers_is_an_api_of_its_own() -> None:
    router = Router()

    @router.get("/x")
    def x(request: object) -> None: ...

    assert list(build_api({"orders": router}).get_openapi_schema(path_prefix="/api/v1/")["paths"]) == [
        "/api/v1/orders/x"
    ]


@pytest.mark.parametrize("body", ["false", "[]", "null", '"x"', "1"])
def test_a_body_that_is_no_object_is_refused_even_where_every_field_may_be_missing(world: World, body: str) -> None:
    client = asking(world, "carrier", scopes=["orders:write"], roles=[Role.ADMINISTRATOR])
    problem(client.put("/api/v1/orders/endpoints/signed_file", body, "application/json"), 400)
    assert client.put("/api/v1/orders/endpoints/signed_file", "{}", "application/json").status_code == 200


def test_an_address_that_is_none_is_a_problem(world: World) -> None:
    problem(Client().get("/api/v1/nothing"), 404)

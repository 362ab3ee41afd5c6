"""Programs read the OpenAPI file before they have a key; people read the same on a page."""

from django.test import Client
from tests.command.people import World
from tests.command.web.api.asking import problem

from fanzha.command.web.roles import Role


def test_the_file_is_for_everybody_and_names_every_way_in(world: World) -> None:
    answer = Client().get("/api/v1/openapi.json")
    told = answer.json()
    assert answer.status_code == 200 and told["openapi"].startswith("3.1")
    assert {one["type"] for one in told["components"]["securitySchemes"].values()} == {"http", "apiKey"}


def test_the_page_shows_every_route_with_its_scope(world: World) -> None:
    page = world.client("carrier", Role.ADMINISTRATOR).get("/api/v1/reference")
    text = page.content.decode()
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    for path, ways in paths.items():
        assert f"<code>{path}</code>" in text
        assert all(f"<code>{told['x-scope']}</code>" in text for told in ways.values())


def test_each_route_can_be_tried_from_files_of_the_site_alone(world: World) -> None:
    text = world.client("carrier", Role.ADMINISTRATOR).get("/api/v1/reference").content.decode()
    routes = [way for ways in Client().get("/api/v1/openapi.json").json()["paths"].values() for way in ways]
    assert text.count("data-try") == len(routes)
    assert "//cdn" not in text and 'src="http' not in text and 'href="http' not in text
    assert 'data-method="POST" data-path="/api/v1/orders/" data-media="application/json"' in text


def test_the_page_is_for_people_who_are_signed_in(world: World) -> None:
    assert Client().get("/api/v1/reference").status_code == 302


def test_no_method_finds_what_is_not_there(world: World) -> None:
    for method in ("GET", "POST", "DELETE"):
        problem(Client().generic(method, "/api/v2/anything"), 404)

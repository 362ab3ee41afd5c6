"""The reference shows each route's parameters, an example of its body that fits its schema, and its answers."""

from copy import deepcopy
from typing import Any

import pytest
from django.utils.translation import override

from fanzha.command.web.api.reference import documented_routes, make_example

SCHEMAS: dict[str, Any] = {
    "Kind": {"enum": ["a", "b"], "type": "string"},
    "Row": {
        "properties": {"name": {"type": "string"}, "kind": {"$ref": "#/components/schemas/Kind"}},
        "required": ["name", "kind"],
        "type": "object",
    },
    "Loop": {"properties": {"next": {"$ref": "#/components/schemas/Loop"}}, "type": "object"},
}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/api/v1/rows/{ref}": {
            "post": {
                "operationId": "change_row",
                "summary": "Change Row",
                "x-scope": "rows:write",
                "parameters": [
                    {"in": "path", "name": "ref", "required": True, "schema": {"type": "string"}},
                    {"in": "query", "name": "kind", "schema": {"$ref": "#/components/schemas/Kind", "default": "b"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Row"}}}},
                "responses": {"404": {"description": "not there"}, "200": {"description": "OK"}},
            }
        }
    },
    "components": {"schemas": SCHEMAS},
}


@pytest.mark.parametrize(("language", "title"), [("en", "Change Row"), ("zh-hans", "修改一行")])
def test_a_route_has_a_title_in_the_language_of_the_reader(language: str, title: str) -> None:
    document = deepcopy(DOCUMENT)
    document["paths"]["/api/v1/rows/{ref}"]["post"]["x-summary-zh"] = "修改一行"
    (route,) = documented_routes(document)
    with override(language):
        assert route.title == title
    with override("zh-hans"):
        assert next(documented_routes(DOCUMENT)).title == "Change Row"


def test_a_route_has_its_parameters_example_and_answers_in_order() -> None:
    (route,) = documented_routes(DOCUMENT)
    assert (route.method, route.path, route.scope, route.is_reading) == (
        "POST",
        "/api/v1/rows/{ref}",
        "rows:write",
        False,
    )
    assert [(one.name, one.place, one.is_required, one.choices) for one in route.parameters] == [
        ("ref", "path", True, ()),
        ("kind", "query", False, ("a", "b")),
    ]
    assert route.body == '{\n  "name": "text",\n  "kind": "a"\n}'
    assert [answer.status for answer in route.answers] == ["200", "404"]


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "integer"}, 1),
        ({"anyOf": [{"type": "null"}, {"type": "string", "format": "date-time"}]}, "2026-03-01T08:00:00+08:00"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Row"}}, [{"name": "text", "kind": "a"}]),
        ({"type": "boolean", "default": False}, False),
        ({"const": "fixed"}, "fixed"),
    ],
)
def test_an_example_fits_its_schema(schema: dict[str, Any], example: object) -> None:
    assert make_example(schema, SCHEMAS) == example


def test_a_schema_that_names_itself_ends() -> None:
    assert make_example({"$ref": "#/components/schemas/Loop"}, SCHEMAS, depth=2) == {"next": {"next": None}}

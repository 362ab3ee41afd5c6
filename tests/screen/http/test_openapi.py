"""The description names every route with its key, its limits and its problems, and nothing that does not exist."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.screen.http.client import BAD, Screen, ask

from fanzha.screen.http.call import LONGEST_BODY
from fanzha.screen.http.lookup import MAX_VALUES
from fanzha.screen.http.openapi import build_description
from fanzha.screen.http.problem import PROBLEMS
from fanzha.screen.http.route import HttpRoute
from fanzha.screen.http.routes import ROUTES
from fanzha.store.screen_keys import KeyScope

TOLD = build_description()


def operation(route: HttpRoute) -> Any:
    return TOLD["paths"][route.path][route.method.lower()]


def refs(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from refs(item)


def test_it_is_json_and_each_reference_leads_somewhere() -> None:
    document = json.loads(json.dumps(TOLD))
    assert document["openapi"].startswith("3.1")
    names = {ref.removeprefix("#/components/schemas/") for ref in refs(document)}
    assert names == set(document["components"]["schemas"])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_is_told_with_what_opens_it(route: HttpRoute) -> None:
    document = operation(route)
    assert document["operationId"] == route.name
    assert document["security"] == ([{"key": [route.scope.value]}] if route.scope else [])
    assert ("requestBody" in document) is bool(route.max_body_bytes)
    assert {"401", "403", "429"} <= set(document["responses"]) or route.scope is None


def test_all_routes_and_no_others_are_told() -> None:
    document = {(method.upper(), path) for path, methods in TOLD["paths"].items() for method in methods}
    assert document == {(route.method, route.path) for route in ROUTES}


def test_every_sort_of_problem_belongs_to_a_route_or_to_none() -> None:
    text = set(re.findall(r"`([a-z-]+)`:", json.dumps(TOLD)))
    assert text == set(PROBLEMS) - {"wrong-method"}


def test_limits_are_those_that_hold() -> None:
    schemas = TOLD["components"]["schemas"]
    assert schemas["LookupIn"]["properties"]["values"]["maxItems"] == MAX_VALUES
    assert schemas["CallIn"]["additionalProperties"] is False
    assert max(route.get("maxLength", 0) for route in schemas["CallIn"]["properties"].values()) < LONGEST_BODY


def test_every_line_is_told_in_both_languages() -> None:
    lines = [
        document[key] for m in TOLD["paths"].values() for document in m.values() for key in ("summary", "description")
    ]
    lines += [
        item["description"] for m in TOLD["paths"].values() for t in m.values() for item in t["responses"].values()
    ]
    lines += [schema["description"] for schema in TOLD["components"]["schemas"].values()]
    assert [line for line in lines if not re.search(r"[一-鿿]", line) or not re.search(r"[A-Za-z]{2}", line)] == []


def test_no_description_keeps_the_indent_of_the_source() -> None:
    document = [schema["description"] for schema in TOLD["components"]["schemas"].values()]
    assert any("\n" in item for item in document) and not any("\n " in item for item in document)


def test_an_answer_has_the_fields_that_are_told(screen: Screen) -> None:
    example = ask(screen, "POST", "/v1/lookup/phone_number", scope=KeyScope.LOOKUP, body={"values": [BAD]}).json
    schemas = TOLD["components"]["schemas"]
    assert set(example) == set(schemas["LookupOut"]["properties"]) - {"appeal"}  # no contact is in the settings
    assert set(example["results"][0]) == set(schemas["ValueLookup"]["properties"])
    assert set(example["results"][0]["opinions"][0]) == set(schemas["LookupOpinion"]["properties"])

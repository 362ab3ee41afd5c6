"""The description names every route with its key, its limits and its problems, and nothing that does not exist."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.screen.http.asking import BAD, Screen, ask

from fanzha.screen.http.call import LONGEST_BODY
from fanzha.screen.http.lookup import MOST_VALUES
from fanzha.screen.http.openapi import description
from fanzha.screen.http.problem import PROBLEMS
from fanzha.screen.http.route import Route
from fanzha.screen.http.routes import ROUTES
from fanzha.store.screen_keys import KeyScope

TOLD = description()


def operation(route: Route) -> Any:
    return TOLD["paths"][route.path][route.method.lower()]


def refs(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from refs(one)


def test_it_is_json_and_each_reference_leads_somewhere() -> None:
    told = json.loads(json.dumps(TOLD))
    assert told["openapi"].startswith("3.1")
    names = {ref.removeprefix("#/components/schemas/") for ref in refs(told)}
    assert names == set(told["components"]["schemas"])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_is_told_with_what_opens_it(route: Route) -> None:
    told = operation(route)
    assert told["operationId"] == route.name
    assert told["security"] == ([{"key": [route.scope.value]}] if route.scope else [])
    assert ("requestBody" in told) is bool(route.longest)
    assert {"401", "403", "429"} <= set(told["responses"]) or route.scope is None


def test_all_routes_and_no_others_are_told() -> None:
    told = {(method.upper(), path) for path, methods in TOLD["paths"].items() for method in methods}
    assert told == {(route.method, route.path) for route in ROUTES}


def test_every_sort_of_problem_belongs_to_a_route_or_to_none() -> None:
    said = set(re.findall(r"`([a-z-]+)`:", json.dumps(TOLD)))
    assert said == set(PROBLEMS) - {"wrong-method"}


def test_limits_are_those_that_hold() -> None:
    schemas = TOLD["components"]["schemas"]
    assert schemas["LookupAsked"]["properties"]["values"]["maxItems"] == MOST_VALUES
    assert schemas["CallAsked"]["additionalProperties"] is False
    assert max(each.get("maxLength", 0) for each in schemas["CallAsked"]["properties"].values()) < LONGEST_BODY


def test_every_line_is_told_in_both_languages() -> None:
    lines = [told[key] for m in TOLD["paths"].values() for told in m.values() for key in ("summary", "description")]
    lines += [one["description"] for m in TOLD["paths"].values() for t in m.values() for one in t["responses"].values()]
    lines += [schema["description"] for schema in TOLD["components"]["schemas"].values()]
    assert [line for line in lines if not re.search(r"[一-鿿]", line) or not re.search(r"[A-Za-z]{2}", line)] == []


def test_no_description_keeps_the_indent_of_the_source() -> None:
    told = [schema["description"] for schema in TOLD["components"]["schemas"].values()]
    assert any("\n" in one for one in told) and not any("\n " in one for one in told)


def test_an_answer_has_the_fields_that_are_told(screen: Screen) -> None:
    given = ask(screen, "POST", "/v1/lookup/phone_number", scope=KeyScope.LOOKUP, body={"values": [BAD]}).json
    schemas = TOLD["components"]["schemas"]
    assert set(given) == set(schemas["LookedUp"]["properties"])
    assert set(given["results"][0]) == set(schemas["Looked"]["properties"])
    assert set(given["results"][0]["opinions"][0]) == set(schemas["Opinion"]["properties"])

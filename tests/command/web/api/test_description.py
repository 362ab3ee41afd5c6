"""The OpenAPI file tells of every route what stands before it: scope, problems, idempotency keys, ETags."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from ninja import Schema

from fanzha.command.web.api.description import chinese_summaries, described
from fanzha.command.web.api.not_repeatable import MARK
from fanzha.command.web.api.problems import CONTENT_TYPE
from fanzha.command.web.api.routers import site_api


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    told: dict[str, Any] = site_api().get_openapi_schema()
    return told


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, told) for path, ways in document["paths"].items() for method, told in ways.items()]


def test_every_route_names_its_scope(document: dict[str, Any]) -> None:
    assert operations(document)
    for path, method, told in operations(document):
        assert told["x-scope"] == f"{path.split('/')[3]}:{'read' if method == 'get' else 'write'}"


def test_a_summary_is_a_sentence_in_english_and_most_have_a_chinese_one(document: dict[str, Any]) -> None:
    told = {one["operationId"].removeprefix("fanzha_command_"): one for _, _, one in operations(document)}
    assert set(chinese_summaries()) <= set(told), "a summary is of a route that there is not"
    for name, one in told.items():
        assert one["description"].replace("\n", " ").startswith(one["summary"]) and one["summary"][-1] not in ".;", name
    assert sum("x-summary-zh" in one for one in told.values()) > 0.9 * len(told)


def test_every_route_tells_its_problems(document: dict[str, Any]) -> None:
    for path, method, told in operations(document):
        expected = {400, 401, 403, 404, 422, 429, 503} | (set() if method == "get" else {409, 412, 413, 415})
        assert expected <= {int(status) for status in told["responses"]}, (method, path)
        assert all("Retry-After" in told["responses"][status]["headers"] for status in (429, 503)), (method, path)
    assert CONTENT_TYPE in told["responses"][404]["content"]


def test_changes_take_idempotency_keys_and_reading_may_find_nothing_new(document: dict[str, Any]) -> None:
    for path, method, told in operations(document):
        names = {one["name"] for one in told.get("parameters", ())}
        assert ("Idempotency-Key" in names) is (method != "get" and MARK not in told), (method, path)
        assert (304 in told["responses"]) is (method == "get"), (method, path)


def test_what_a_route_says_itself_is_kept() -> None:
    own = {"description": "its own words"}
    document = {"components": {}, "paths": {"/api/v1/flows/x": {"get": {"responses": {404: own}}}}}
    assert described(document)["paths"]["/api/v1/flows/x"]["get"]["responses"][404] is own


def test_every_route_says_in_a_sentence_what_it_does(document: dict[str, Any]) -> None:
    silent = [f"{method} {path}" for path, method, told in operations(document) if not told.get("description")]
    assert silent == []


def test_no_two_shapes_of_any_app_have_the_same_name(document: dict[str, Any]) -> None:
    """The OpenAPI file names a shape by its class alone: of two, one is described as the other."""
    names = Counter(one.__name__ for one in shapes(Schema) if one.__module__.startswith("fanzha."))
    assert set(names) & set(document["components"]["schemas"])
    assert [name for name, count in names.items() if count > 1] == []


def shapes(above: type[Schema]) -> Iterator[type[Schema]]:
    for one in above.__subclasses__():
        yield one
        yield from shapes(one)

"""Many things in one request: each line has its result, and a bad line spoils no other."""

import pytest
from django.test import Client
from ninja import Schema
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.claims.verdict import Level
from fanzha.command.web.api.bulk import ndjson_of

pytestmark = pytest.mark.urls("tests.command.web.api.routes")
AT = "/api/v1/flows/bulk"


@pytest.fixture
def client(world: World) -> Client:
    return asking(world, "carrier")


def test_each_line_has_its_result(client: Client) -> None:
    body = b'{"name": "a"}\n\nrubbish\n{"times": 2}\n{"name": "b", "times": 5}\n'
    answer = client.post(AT, body, "application/x-ndjson").json()
    assert (answer["used"], answer["rejected"]) == (2, 2)
    assert [(one["line"], one["used"], one["ref"]) for one in answer["lines"]] == [
        (1, True, "a"),
        (3, False, ""),
        (4, False, ""),
        (5, True, "b"),
    ]
    assert answer["lines"][1]["problem"] == "is not JSON" and answer["lines"][2]["problem"] == "name is required"


def test_bytes_that_are_no_text_are_a_bad_line(client: Client) -> None:
    answer = client.post(AT, b'\xff\xfe\n{"name": "a"}', "application/x-ndjson").json()
    assert (answer["used"], answer["rejected"]) == (1, 1)


def test_too_many_lines_and_other_bodies_are_refused_as_a_whole(client: Client) -> None:
    problem(client.post(AT, b'{"name": "a"}\n' * 6, "application/x-ndjson"), 413)
    problem(client.post(AT, {"name": "a"}), 415)


def test_the_file_describes_a_line_with_all_its_parts() -> None:
    class Part(Schema):
        """A part of a line."""

        level: Level

    class Whole(Schema):
        """A line."""

        parts: list[Part]
        other: Level | None = None

    told = ndjson_of(Whole)["requestBody"]["content"]["application/x-ndjson"]["schema"]
    assert "$ref" not in str(told) and "$defs" not in told
    assert told["properties"]["parts"]["items"]["properties"]["level"]["enum"] == [one.value for one in Level]

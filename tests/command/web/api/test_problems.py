"""Problems have a type, a title and a status (RFC 9457)."""

import json

from django.utils import translation

from fanzha.command.web.api.problems import KINDS, Problem, kind_of, problem_response


def test_further_members_stand_beside_the_fixed_ones() -> None:
    with translation.override("en"):
        answer = problem_response(Problem("too_many", "later", retry_after=7))
    told = json.loads(answer.content)
    assert told == {
        "type": "urn:fanzha:problem:too_many",
        "title": "Too many requests",
        "status": 429,
        "detail": "later",
        "retry_after": 7,
    }
    assert answer["Retry-After"] == "7"


def test_every_status_of_an_error_has_a_kind() -> None:
    assert {kind_of(kind.status) for kind in KINDS.values()} <= set(KINDS)
    assert (kind_of(418), kind_of(507)) == ("malformed", "server_error")


def test_titles_are_in_both_languages() -> None:
    for kind in KINDS.values():
        with translation.override("zh-hans"):
            zh = str(kind.title)
        with translation.override("en"):
            assert zh != str(kind.title), f"{kind.title!s} is not translated"

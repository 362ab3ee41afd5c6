"""Each firing is about whom the rule may name, and a subject is told of once in its quiet time."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.facts import START, Row, batch

from fanzha.claims.cooldown import Cooldown
from fanzha.detect.rules.firings import FiringSubject, firing_subjects, reported_firings
from fanzha.rules import check, parse
from fanzha.rules.engine import Fired, RuleEngine

NUMBER, OTHER = "+8617000000001", "+8617000000002"
CALLS = (
    {"at": 0, "call_id": "c0", "caller": NUMBER, "proven_caller": NUMBER, "trunk": "TG-1"},
    {"at": 1, "call_id": "c1", "caller": NUMBER, "trunk": "TG-1"},
    {"at": 2, "call_id": "c2", "caller": NUMBER},
    {"at": 3, "call_id": "c3", "caller": OTHER, "proven_caller": OTHER},
)


def fired(find: str, *rows: Row, on: str = "call_offered", again_after: str = "1h") -> Iterator[Fired]:
    text = f"rule every_one on {on} when call_id is known then find {find} score 0.5 again after {again_after}"
    engine = RuleEngine(check(parse(text), lists={}).rules)
    engine.take("call_offered", batch("call_offered", *rows))
    return engine.finish()


def found(find: str, **how: str) -> list[FiringSubject | None]:
    return [subject for firing in fired(find, *CALLS, **how) for subject in firing_subjects(firing)]


def test_a_claimed_number_is_not_accused_but_its_trunk_or_without_one_the_call() -> None:
    assert found("caller_or_trunk") == [
        ("phone_number", NUMBER),
        ("trunk", "TG-1"),
        ("call", "c2"),
        ("phone_number", OTHER),
    ]


@pytest.mark.parametrize(
    ("find", "expected"),
    [
        ("call", [("call", f"c{n}") for n in range(4)]),
        ("trunk", [("trunk", "TG-1"), ("trunk", "TG-1"), None, None]),
        ("proven_caller", [("phone_number", NUMBER), None, None, ("phone_number", OTHER)]),
    ],
)
def test_a_field_names_a_thing_of_its_kind_or_nobody(find: str, expected: list[FiringSubject | None]) -> None:
    assert found(find) == expected


def test_a_moment_that_has_no_event_of_its_own_is_about_the_call_it_belongs_to() -> None:
    later = {"at": 60_000, "call_id": "c9"}  # so that the moment comes
    (firing,) = fired("call", CALLS[0], later, on="call still ringing 20 s")
    assert list(firing_subjects(firing)) == [("call", "c0")]


def test_only_firings_with_a_subject_out_of_its_quiet_time_are_told() -> None:
    (firing,) = fired("trunk", *CALLS, {"at": 3_600_000, "call_id": "c4", "trunk": "TG-1"})
    assert list(reported_firings(firing, Cooldown(), "every_one 1")) == [(0, ("trunk", "TG-1")), (4, ("trunk", "TG-1"))]


def test_rules_keep_their_quiet_times_apart_and_remember_them_from_stretch_to_stretch() -> None:
    quiet = Cooldown()
    (firing,) = fired("trunk", CALLS[0])
    assert [len(list(reported_firings(firing, quiet, rule))) for rule in ("a 1", "a 2", "a 1")] == [1, 1, 0]


WHEN = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([None, "a", "b"])), max_size=30)


@given(WHEN, st.integers(0, 20))
def test_what_is_told_is_what_one_firing_after_the_other_tells(when: list[tuple[int, str | None]], wait: int) -> None:
    rows = [{"at": at, "call_id": f"c{n}", "trunk": trunk} for n, (at, trunk) in enumerate(when)]
    rows.sort(key=lambda row: (row["at"], row["call_id"]))
    quiet, expected = Cooldown(), []
    for row in rows:
        kind, subject = ("trunk", row["trunk"]) if row["trunk"] else ("call", row["call_id"])
        if quiet.admit("r", kind, str(subject), START + int(str(row["at"])), wait):
            expected.append((row["call_id"], (kind, subject)))
    mine = Cooldown()
    said = [
        (firing.of_event("call_id", row), subject)
        for firing in fired("caller_or_trunk", *rows, again_after=f"{wait} ms")
        for row, subject in reported_firings(firing, mine, "r")
    ]
    assert said == expected and mine.save() == quiet.save()

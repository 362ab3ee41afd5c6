"""Who looks at more than usual stands first, with the reason in numbers."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.people import World

from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking_review import repeated_searches, unusual_viewers
from fanzha.command.organizations.models import RefusedDisclosure
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

#: Noon of some day in Beijing.
NOW = datetime(2026, 3, 20, 4, tzinfo=timezone.get_default_timezone()).replace(hour=12)


def record_unmaskings(
    world: World, actor: str, at: datetime, times: int, name: str = "carrier", **changes: str
) -> None:
    Unmasking._base_manager.bulk_create(
        Unmasking(
            owner=world[name],
            actor=actor,
            subject=changes.get("subject", f"S{number}"),
            kind="phone_number",
            shown="+86 17•• ••0 1234",
            purpose="a report",
            case=changes.get("case", "C1"),
            at=at - timedelta(seconds=number),
        )
        for number in range(times)
    )


@pytest.fixture(autouse=True)
def seen(world: World) -> object:
    with scoped_to(world.viewer("carrier", Role.PRIVACY_OFFICER)):
        yield


def test_a_day_against_ones_own_days(world: World) -> None:
    for day in range(2, 8):
        record_unmaskings(world, "busy", NOW - timedelta(days=day), 20)
        record_unmaskings(world, "calm", NOW - timedelta(days=day), 4)
    record_unmaskings(world, "busy", NOW, 25)
    record_unmaskings(world, "calm", NOW, 12)
    first, second = unusual_viewers(NOW)
    assert (first.actor, first.times, first.usual) == ("calm", 12, 4)
    assert [words.en for words in first.odd] == ["12 in 24 hours; usually 4 a day"]
    assert (second.actor, second.odd) == ("busy", ())


def test_a_day_against_that_of_colleagues(world: World) -> None:
    for actor in ("a", "b", "c"):
        record_unmaskings(world, actor, NOW - timedelta(days=3), 5)
    record_unmaskings(world, "new", NOW, 15, case="")
    (one,) = unusual_viewers(NOW)
    assert [words.en for words in one.odd] == [
        "15 in 24 hours; usually 0 a day",
        "15 in 24 hours; colleagues usually 5 a day",
        "15 of them without a case",
    ]
    assert all(words.zh for words in one.odd)


def test_few_are_never_odd(world: World) -> None:
    record_unmaskings(world, "new", NOW, 9)
    assert unusual_viewers(NOW)[0].odd == ()


def test_the_night_is_told(world: World) -> None:
    record_unmaskings(world, "new", NOW.replace(hour=3), 12)
    assert "12 of them at night" in [words.en for words in unusual_viewers(NOW)[0].odd]


def test_subjects_that_many_looked_at_are_told(world: World) -> None:
    for number in range(5):
        record_unmaskings(world, f"person-{number}", NOW - timedelta(days=1), 1, subject="STAR")
    record_unmaskings(world, "person-1", NOW, 30)
    assert [(search.subject, search.people, search.times) for search in repeated_searches(NOW)] == [("STAR", 5, 5)]


def test_other_organisations_are_not_seen(world: World) -> None:
    record_unmaskings(world, "far", NOW, 50, name="other_carrier")
    assert unusual_viewers(NOW) == [] and repeated_searches(NOW) == []


def test_queries_do_not_grow(world: World) -> None:
    counts = []
    for number in range(2):
        record_unmaskings(world, f"person-{number}", NOW, 40)
        with CaptureQueriesContext(connection) as queries:
            unusual_viewers(NOW)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_who_was_refused_values_stands_first_though_nothing_was_unmasked(world: World) -> None:
    record_unmaskings(world, "busy", NOW, 3)
    for shown, times in (("170••••1234", 4), ("", 2)):
        RefusedDisclosure._base_manager.create(
            owner=world["carrier"], actor="guesser", day=1, shown=shown, times=times, first_at=NOW, last_at=NOW
        )
    RefusedDisclosure._base_manager.create(owner=world["bank"], actor="other", day=1, first_at=NOW, last_at=NOW)
    first, second = unusual_viewers(NOW)
    assert (first.actor, first.times, second.actor) == ("guesser", 0, "busy")
    assert [words.en for words in first.odd] == [
        "tried the hidden digits of 170••••1234 (4 refusals)",
        "went over the limit of values (2 refusals)",
    ]

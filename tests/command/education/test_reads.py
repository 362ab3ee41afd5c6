"""Reads are counted in memory and added to the table once in a while."""

from datetime import date

import pytest
from tests.command.education.items_made import published
from tests.command.people import World

from fanzha.command.education.models import ReadCount
from fanzha.command.education.reads import STORE_AFTER_SECONDS, ReadCounter
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
DAY = date(2026, 11, 29)


def counts() -> list[int]:
    with unscoped("test"):
        return list(ReadCount.objects.order_by("day").values_list("count", flat=True))


def test_counts_are_stored_once_enough_time_has_passed(world: World) -> None:
    version, now = published(world), [0.0]
    counter = ReadCounter(clock=lambda: now[0])
    counter.add(version, DAY, "en")
    assert counts() == []
    now[0] = STORE_AFTER_SECONDS
    counter.add(version, DAY, "en")
    assert counts() == [2]
    counter.add(version, DAY, "en")
    counter.store()
    counter.store()
    assert counts() == [3]


def test_a_version_that_was_deleted_meanwhile_counts_no_more(world: World) -> None:
    version = published(world)
    counter = ReadCounter()
    counter.add(version, DAY, "en")
    with unscoped("test"):
        version.delete()
    counter.store()
    assert counts() == []

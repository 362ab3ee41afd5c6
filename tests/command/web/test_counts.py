"""Counts are exact as far as anybody cares, and say when there are more."""

import pytest
from tests.command.people import World

from fanzha.command.organizations.models import Organization
from fanzha.command.web.counts import CappedCount, count_capped

pytestmark = pytest.mark.django_db


def test_few_are_counted_and_many_are_more_than(world: World) -> None:
    there = Organization.objects.count()
    rows = Organization.objects.order_by("name_en")
    assert count_capped(rows) == count_capped(rows, there) == CappedCount(there)
    assert count_capped(rows, there - 1) == CappedCount(there - 1, is_more=True)


def test_it_reads_as_a_number_and_none_is_false() -> None:
    assert (str(CappedCount(999)), str(CappedCount(1000, is_more=True)), str(CappedCount(0))) == ("999", "1,000+", "0")
    assert CappedCount(1) and not CappedCount(0)

"""Of many things those that fail by themselves are found, all others are used once, and a database away is no fault."""

from collections.abc import Sequence

import pytest
from django.db.utils import OperationalError
from tests.command.people import World
from tests.command.subjects.factories import AT

from fanzha.command.subjects.ingest.quarantine import isolate_failures
from fanzha.command.subjects.models import Delivery
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


def use(names: Sequence[str]) -> int:
    """Write all, and then fail at what is too short to be divided."""
    Delivery._base_manager.bulk_create(Delivery(name=name, begins="b", began_at=AT, changed_at=AT) for name in names)
    return sum(10 // len(name) for name in names)


def test_what_fails_leaves_nothing_and_takes_nothing_with_it(world: World) -> None:
    used, wrong = isolate_failures(["aa", "", "bbbbb", "cc", ""], use)
    assert used == 5 + 2 + 5
    assert [(name, type(fault)) for name, fault in wrong] == [("", ZeroDivisionError)] * 2
    with unscoped("test"):
        assert sorted(Delivery.objects.values_list("name", flat=True)) == ["aa", "bbbbb", "cc"]
    assert isolate_failures([], use) == (0, [])


@pytest.mark.parametrize("fault", [OperationalError("away"), OSError("full")])
def test_what_no_finding_is_to_blame_for_is_raised(world: World, fault: Exception) -> None:
    def away(names: Sequence[str]) -> int:
        raise fault

    with pytest.raises(type(fault)):
        isolate_failures(["a", "b"], away)

"""What waits for a second person is found by who may read it."""

from datetime import timedelta

from django.utils import timezone
from tests.command.imports.factories import SPARED, handed_in
from tests.command.people import World

from fanzha.command.imports.selectors import allowlist_rows_to_approve, get_import, imports_to_approve
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_an_import_waits_at_its_owner(world: World) -> None:
    job = handed_in(world, "spared", SPARED)
    with scoped_to(world.viewer("carrier", Role.REVIEWER)):
        assert list(imports_to_approve()) == [job] and get_import(job.pk) == job
    with scoped_to(world.viewer("other_carrier", Role.REVIEWER)):
        assert list(imports_to_approve()) == []


def test_rows_of_a_number_wait_until_they_expire(world: World) -> None:
    handed_in(world, "spared", SPARED)
    now = timezone.now()
    with scoped_to(world.viewer("carrier", Role.REVIEWER)):
        assert [row.row for row in allowlist_rows_to_approve("+8617000001234", now)] == [2]  # line 1 holds the names
        assert not allowlist_rows_to_approve("+8617000001234", now + timedelta(days=100 * 365))
        assert not allowlist_rows_to_approve("+8617000001235", now)

"""Numbers from outside: entered or imported, checked, on record."""

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.statistics.import_tables import read_entry
from fanzha.command.statistics.models import OutsideValue
from fanzha.command.statistics.outside_values import OutsideEntry, check_entry, enter_value
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

GOOD = OutsideEntry("subscribers", "2026-10", 6_800_000, "billing system")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, None), ({"name": "colour"}, "name"), ({"month": "2026-W10"}, "month"), ({"month": "2199-01"}, "month"),
        ({"month": "last"}, "month"), ({"value": -1}, "value"), ({"source": " "}, "source"),
    ],
)  # fmt: skip
def test_a_wrong_entry_names_its_field(change: dict[str, object], field: str | None) -> None:
    fault = check_entry(GOOD._replace(**change), timezone.now())  # type: ignore[arg-type]
    assert (fault and fault[0]) == field


def test_a_row_names_its_number_in_words_and_writes_thousands() -> None:
    cells = {"name": "用户数", "month": " 2026-10", "value": "6,800,000", "source": "billing system"}
    assert read_entry(cells) == GOOD
    assert read_entry({**cells, "name": "subscribers", "value": "many"}).value == -1
    assert read_entry({**cells, "name": "colour"}).name == ""


@pytest.mark.django_db
def test_a_later_entry_replaces_the_earlier_one_and_both_are_on_record(world: World) -> None:
    now = timezone.now()
    with unscoped("test"):
        enter_value(world["carrier"], GOOD, None, now)
        enter_value(world["carrier"], GOOD._replace(value=5), None, now)
        assert OutsideValue.objects.get().value == 5
        assert LogEntry.objects.filter(kind="outside_value_entered").count() == 2
        with pytest.raises(Refusal):
            enter_value(world["carrier"], GOOD._replace(value=-1), None, now)

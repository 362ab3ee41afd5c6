"""The second generator's days are what they say: same seed, same days; victims are held three times before the bank."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from tests.field.operators.second import HEADERS, Carrier, make_days, write_days

pytestmark = pytest.mark.field


@pytest.fixture(scope="module")
def carrier() -> Carrier:
    """The days of one seed."""
    return make_days(9)


def test_the_same_seed_makes_the_same_days(carrier: Carrier) -> None:
    assert make_days(9).calls == carrier.calls
    assert make_days(8).calls != carrier.calls


def test_every_victim_is_held_three_times_before_she_calls_the_bank(carrier: Carrier) -> None:
    calls = sorted(carrier.calls)
    for victim in carrier.victims:
        first, bank = (at // 1_000 - victim_midnight(carrier) for at in (victim.first_call, victim.bank_call))
        number = victim.number.removeprefix("86")
        held = [call for call in calls if call.callee == number and first <= call.at < bank and call.talk >= 180]
        assert len(held) >= 3
        assert all(before.at <= after.at for before, after in pairwise(held))


def victim_midnight(carrier: Carrier) -> int:
    """Return the first midnight, as seconds since 1970."""
    earliest = min(carrier.victims, key=lambda victim: victim.first_call)
    return earliest.first_call // 1_000 // 86_400 * 86_400 - 8 * 3_600


def test_couriers_stay_in_one_cell_and_nobody_calls_them_back(carrier: Carrier) -> None:
    couriers = {actor.numbers[0].removeprefix("86") for actor in carrier.actors if actor.kind == "courier"}
    cells = {number: {call.cell for call in carrier.calls if call.caller == number} for number in couriers}
    assert len(couriers) == 42 and all(len(used) <= 1 for used in cells.values())
    assert not [call for call in carrier.calls if call.callee in couriers]


def test_the_file_has_the_headers_that_its_map_names(carrier: Carrier, tmp_path: Path) -> None:
    column_map = write_days(carrier, tmp_path).read_text("utf-8")
    with (tmp_path / "records" / "days.csv").open(encoding="gb18030", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == HEADERS.split(",") and len(rows) == len(carrier.calls)
    assert all(f'"{name}"' in column_map for name in header)
    assert all(f'"{trunk}" = ' in column_map for trunk in {row[7] for row in rows})

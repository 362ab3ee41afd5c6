"""A re-issued number does not inherit what was found of its holder before."""

import pyarrow as pa
from tests.findings import finding

from fanzha.analyze.held import add_holder_periods
from fanzha.kinds.phone_number import HOLDER_SCHEMA, Holders

NUMBER = "+8617000000001"
PERIODS = [
    {"number": NUMBER, "holder_from": 100, "holder_until": 200},
    {"number": NUMBER, "holder_from": 300, "holder_until": None},
]
HOLDERS = Holders(pa.Table.from_pylist(PERIODS, schema=HOLDER_SCHEMA))


def of(found_at: int, **changes: object) -> object:
    one = finding(**{"subject_kind": "phone_number", "subject": NUMBER, "found_at": found_at, **changes})
    return add_holder_periods([one], HOLDERS)[0].holder_from


def test_each_finding_names_the_holder_of_its_moment() -> None:
    assert [of(at) for at in (150, 199, 300, 10**15)] == [100, 100, 300, 300]


def test_where_nobody_is_known_to_hold_the_number_none_is_named() -> None:
    assert [of(99), of(250), of(150, subject="+8617000000002")] == [None] * 3


def test_things_that_are_no_numbers_and_holders_that_are_named_already_stay() -> None:
    assert of(150, subject_kind="trunk") is None
    assert of(150, holder_from=7) == 7


def test_without_a_table_nothing_changes() -> None:
    found = [finding(subject_kind="phone_number", subject=NUMBER)]
    assert add_holder_periods(found, None) == found

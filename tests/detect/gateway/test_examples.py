"""The worked examples show hits and innocent look-alikes, with numbers that nobody holds."""

import re

from fanzha.detect.gateway.examples import EXAMPLES, call, call_from_abroad
from fanzha.events.call_offered import EVENT, INGRESS
from fanzha.kinds.phone_number import NumberClass, classify

CELLULAR = (NumberClass.MOBILE, NumberClass.MVNO, NumberClass.IOT, NumberClass.DATA_CARD)


def test_calls_fit_the_event_table() -> None:
    names = {column.name for column in EVENT.own}
    rows = [row for example in EXAMPLES for row in example.rows]
    assert all(set(row) <= names and row["ingress"] in INGRESS for row in rows)
    assert call_from_abroad("110", trunk="T") == call("110", "international_gateway", trunk="T")


def test_home_mobiles_are_from_ranges_that_nobody_holds() -> None:
    written = {str(row.get("caller", "")) for example in EXAMPLES for row in example.rows}
    mobiles = {facts.national for text in written if (facts := classify(text)).number_class in CELLULAR}
    assert mobiles and all(re.match("1910000|10648000", number) for number in mobiles)


def test_half_of_the_point_are_the_innocent() -> None:
    assert sum(not example.finds for example in EXAMPLES) >= 5
    assert sum(bool(example.finds) for example in EXAMPLES) >= 5

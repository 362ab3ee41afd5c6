"""Made-up tags of the demo, so that its look-up page answers: a proven number, one that is only claimed, a link.

The number of a shop is tagged wrongly. It is in its operator's table, so that the clerk of Example Telecom can give
its holder a code, and the holder disputes the tag.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from fanzha.base.clock import to_ms
from fanzha.command.number_tags.services import ProofMethod, Tagging, add_tags, prove_number
from fanzha.run.demo_province import DemoProvince
from fanzha.run.demo_story import SHOP_NUMBER
from fanzha.store.number_signals import CONTRACTS, SIGNAL_RECORD, number_digits, write_signals

REPORTERS = 16
#: Hours between two reporters: a crowd that comes at once counts little.
APART = timedelta(hours=5)


class DemoTag(NamedTuple):
    """One value that people reported; `is_proven`: its operator checked that it made the calls."""

    kind: str
    value: str
    category: str
    is_proven: bool = False


TAGS = (
    DemoTag("phone_number", "+8617000000110", "fraud", is_proven=True),
    DemoTag("phone_number", "+8617000000220", "harassment"),
    DemoTag("phone_number", SHOP_NUMBER, "fraud"),
    DemoTag("website", "pay-refund.example.com", "fraud"),
)


def create_tags(province: DemoProvince, now: datetime) -> None:
    """Let people of the province report each value in their own words, and an operator check its number."""
    write_table(province, now)
    for tag in TAGS:
        add_tags(
            (
                province["centre"],
                Tagging(tag.kind, tag.value, tag.category, f"person {n}", f"place {n}", f"They asked {chr(97 + n)}"),
                now - n * APART,
            )
            for n in range(REPORTERS)
        )
        if tag.is_proven:
            prove_number(province["telecom"], tag.value, ProofMethod.RECORDS, now)


def write_table(province: DemoProvince, now: datetime) -> None:
    """Write the table of Example Telecom, as its import would: each tagged number has had its holder for years."""
    numbers = [tag.value for tag in TAGS if tag.kind == "phone_number"]
    records = np.zeros(len(numbers), SIGNAL_RECORD)
    records["holder_from"] = to_ms(now - timedelta(days=900))
    records["contract"] = CONTRACTS["postpaid"]
    write_signals(province["telecom"].ref, np.array([number_digits(number) for number in numbers]), records)

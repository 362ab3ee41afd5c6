"""Made-up tags of the demo, so that its look-up page answers: a proven number, one that is only claimed, a link."""

from datetime import datetime, timedelta
from typing import NamedTuple

from fanzha.command.number_tags.services import ProofMethod, Tagging, add_tags, prove_number
from fanzha.run.demo_province import DemoProvince

REPORTERS = 16
#: Hours between two reporters: a crowd that comes at once counts little.
APART = timedelta(hours=5)


class DemoTag(NamedTuple):
    """One value that people reported; `is_proven`: its operator checked that the calls came from it."""

    kind: str
    value: str
    category: str
    is_proven: bool = False


TAGS = (
    DemoTag("phone_number", "+8617000000110", "fraud", is_proven=True),
    DemoTag("phone_number", "+8617000000220", "harassment"),
    DemoTag("website", "pay-refund.example.com", "fraud"),
)


def create_tags(province: DemoProvince, now: datetime) -> None:
    """Let people of the province report each value in their own words, and an operator check its number."""
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

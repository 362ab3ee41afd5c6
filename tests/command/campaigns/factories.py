"""Campaigns as the tests put them into the database: some subjects with a finding each, tied by one trunk."""

from typing import Any

from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.stats import finding_heat
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models import Subject


def number(place: int) -> Subject:
    """The subject of one number of the tests."""
    return subject(f"+8617000{place:06d}")


def campaign(
    owner: Organization, size: int = 3, *, first: int = 0, marking: Marking = Marking.AMBER, **changes: Any
) -> Campaign:
    """A campaign of `size` numbers, from one number on, that came by one trunk."""
    values: dict[str, Any] = {
        "tie_kind": "trunk",
        "tie_value": f"T{first}",
        "tie_subjects": size,
        "detector": "made-up",
        "fraud_type": "fake_loan",
        "findings": size,
        "subjects": size,
        "calls": 31,
        "top_score": 0.9,
        "heat": finding_heat(0.9, to_ms(AT)) + first / 1000,
        "first_at": AT,
        "last_at": AT,
    }
    made = Campaign._base_manager.create(owner=owner, marking=marking, **{**values, **changes})
    tie = Tie._base_manager.create(
        owner=owner, kind="trunk", value=f"T{first}", key=digest("trunk", first), subjects=size, campaign=made
    )
    for place in range(first, first + size):
        about = number(place)
        finding_row(owner, about, marking=marking, fraud_type=made.fraud_type)
        Placement._base_manager.create(
            campaign=made,
            owner=owner,
            subject=about,
            findings=1,
            top_score=0.9,
            heat=made.heat,
            fraud_type=made.fraud_type,
            detector=made.detector,
            marking=marking,
            first_at=AT,
            last_at=AT,
        )
        TieLink.objects.create(tie=tie, subject=about)
    return made

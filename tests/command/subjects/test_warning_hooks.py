"""A trial learns when a person was found in contact with a fraudster, and of nobody else."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.subjects.warning_hooks import find_contacts


def test_findings_of_victims_since_a_moment_are_found(world: World) -> None:
    victim, caller, now = subject("+8617000000101"), subject("+8617000000102"), timezone.now()
    for row, role in ((victim, "victim"), (caller, "suspect")):
        for hours in (1, 30):
            found_at = now - timedelta(hours=hours)
            finding_row(world["carrier"], row, fraud_type="fake_loan", role=role, found_at=found_at)
    found = find_contacts([victim.ref, caller.ref], now - timedelta(hours=2))
    assert found == [(victim.ref, now - timedelta(hours=1))]

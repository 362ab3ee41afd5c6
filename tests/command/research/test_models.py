"""An agreement is in force between its approval and its end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import agreement_of

from fanzha.command.research.models import ResearchAgreement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_an_agreement_ends_by_hand_or_by_time(world: World) -> None:
    row, now = agreement_of(world), timezone.now()
    rows = ResearchAgreement._base_manager
    assert row.is_in_force and rows.filter(ResearchAgreement.in_force()).count() == 1
    for change in ({"valid_until": now - timedelta(1)}, {"ended_at": now}, {"approved_at": None}):
        rows.update(approved_at=now, ended_at=None, valid_until=now + timedelta(1))
        rows.update(**change)
        row.refresh_from_db()
        assert not row.is_in_force and not rows.filter(ResearchAgreement.in_force()).exists()

"""The API shows the state of an approval at a moment, and no content of its document."""

import pytest
from django.utils import timezone
from tests.command.foreign_sharing.foreign_world import approve
from tests.command.people import World

from fanzha.command.foreign_sharing.schemas import ForeignApprovalOut

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_an_approval_is_shown_with_its_state_and_digest(world: World) -> None:
    row = approve(world)
    shown = ForeignApprovalOut.of(row, timezone.now())
    assert shown.state == "in_force" and shown.sha256 == row.sha256 and shown.partner == world["partner"].ref
    assert "document" not in shown.dict()

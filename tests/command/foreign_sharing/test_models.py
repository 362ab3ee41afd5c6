"""An approval has one state at a time, and its document is the one that was entered."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.command.foreign_sharing.foreign_world import DOCUMENT, approve, enter
from tests.command.people import World

from fanzha.command.foreign_sharing.models import ApprovalState, ForeignApproval
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def state(row: ForeignApproval, at: datetime, **fields: object) -> ApprovalState:
    """Return the state of an approval with other values."""
    for name, value in fields.items():
        setattr(row, name, value)
    return row.state_at(at)


def test_states_follow_what_was_done_and_the_time(world: World) -> None:
    now, day = timezone.now(), timedelta(days=1)
    row = enter(world)
    assert state(row, now) is ApprovalState.WAITING
    assert state(row, now, confirmed_at=now) is ApprovalState.IN_FORCE
    assert state(row, now - day) is ApprovalState.FUTURE
    assert state(row, row.valid_until) is ApprovalState.EXPIRED
    assert state(row, now, confirmed_at=None, refused_at=now) is ApprovalState.REFUSED
    assert state(row, now, withdrawn_at=now) is ApprovalState.WITHDRAWN


def test_the_database_wants_two_people(world: World) -> None:
    row = enter(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        ForeignApproval._base_manager.filter(pk=row.pk).update(decided_by=row.entered_by, confirmed_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ForeignApproval._base_manager.filter(pk=row.pk).update(confirmed_at=timezone.now())


def test_a_document_that_was_changed_is_none(world: World) -> None:
    row = approve(world)
    assert row.intact_document() == DOCUMENT
    row.document = DOCUMENT + b"!"
    assert row.intact_document() is None


def test_only_the_organisation_that_entered_it_finds_it(world: World) -> None:
    row = enter(world)
    assert row in ForeignApproval.as_read_by(world.viewer("centre", Role.REVIEWER))
    assert row not in ForeignApproval.as_read_by(world.viewer("ministry", Role.REVIEWER))
    assert row not in ForeignApproval.as_read_by(world.viewer("partner"))

"""Forms give what services take."""

import pytest
from tests.command.people import World

from fanzha.command.call_traceback.forms import TracebackForm, TrunkPartyForm
from fanzha.command.call_traceback.models import TrunkPartyKind

pytestmark = [pytest.mark.django_db]


def test_a_call_is_filled_in() -> None:
    filled = {"called": "+8617000000001", "called_at": "2026-03-01T08:00:05", "purpose": "fraud", "reason": "made up"}
    form = TracebackForm(filled | {"duration_s": "41.5"})
    assert form.is_valid()
    body = form.to_body()
    assert body.duration_s == 41.5 and body.clock_offset_ms == 0 and body.called_at.second == 5


def test_a_trunk_is_filled_in(world: World) -> None:
    owner, other = world["carrier"], world["mvno"]
    form = TrunkPartyForm({"trunk": "T", "kind": "operator", "operator": other.ref}, owner=owner.pk)
    assert form.is_valid() and form.to_draft().operator == other and form.to_draft().kind is TrunkPartyKind.OPERATOR
    assert not TrunkPartyForm({"trunk": "T", "kind": "operator", "operator": owner.ref}, owner=owner.pk).is_valid()

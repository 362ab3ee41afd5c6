"""Numbers that a step names are shown whole to who works on it, as a field at a time, on record under the process."""

import pytest
from tests.command.flows.orders_made import issued
from tests.command.people import World

from fanzha.command.evidence.models import LogEntry
from fanzha.command.exports.evidence_values import is_masked, unmask_evidence
from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking import NotShown
from fanzha.command.flows.models import Step
from fanzha.command.organizations.kinds import Role
from fanzha.command.organizations.scoping import seen_by


def seen(world: World, name: str, role: Role, field: str = "subjects") -> list[str] | None:
    viewer = world.viewer(name, role)
    with seen_by(viewer):
        step = Step.objects.select_related("instance__owner").get(event="draft")
        return unmask_evidence(viewer, step, field, "carrying it out")


def test_who_carries_an_order_out_sees_its_numbers(world: World) -> None:
    order = issued(world)
    assert seen(world, "carrier", Role.EXECUTOR) == ["+8617000001234"]
    row = Unmasking._base_manager.get()
    assert (row.subject, row.case, row.kind, row.owner) == (order.ref, order.ref, "process", world["carrier"])
    assert "•" in row.shown and "17000001234" not in row.shown
    entry = LogEntry._base_manager.get(kind="unmasking")
    assert entry.about == order.ref and "17000001234" not in entry.facts


def test_what_is_no_text_or_not_there_is_not_shown(world: World) -> None:
    issued(world)
    for field in ("receivers", "hits", "no_such_field"):
        assert seen(world, "carrier", Role.EXECUTOR, field) is None
    assert not Unmasking._base_manager.exists()


def test_others_are_not_shown_it(world: World) -> None:
    issued(world)
    with pytest.raises(NotShown):
        seen(world, "carrier", Role.CLERK)
    with pytest.raises(Step.DoesNotExist):
        seen(world, "bank", Role.ANALYST)


def test_what_hides_nothing_needs_no_press() -> None:
    assert is_masked(["a", "+8617000001234"]) and is_masked("call 17000001234")
    assert not is_masked(["a burst"]) and not is_masked([3]) and not is_masked(None)

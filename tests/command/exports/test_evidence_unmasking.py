"""What a step names is shown whole to who works on it: a field or a personal file at a time, on record."""

from pathlib import Path

import pytest
from tests.command.audit.rereviews import limited, verifying
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.audit.models import LogEntry
from fanzha.command.exports.evidence_unmasking import is_masked, unmask_evidence, unmask_file
from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking import UnmaskingRefused
from fanzha.command.processes.models import Step
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def unmask_field(world: World, name: str, role: Role, field: str = "subjects") -> list[str] | None:
    viewer = world.viewer(name, role)
    with scoped_to(viewer):
        step = Step.objects.select_related("instance__owner").get(event="draft")
        return unmask_evidence(viewer, step, field, "carrying it out")


def test_whose_order_it_is_sees_its_numbers(world: World) -> None:
    order = issued(world)
    assert unmask_field(world, "centre", Role.ANALYST) == ["+8617000001234"]
    row = Unmasking._base_manager.get()
    assert (row.subject, row.case, row.kind, row.owner) == (order.ref, order.ref, "process", world["centre"])
    assert "•" in row.shown and "17000001234" not in row.shown
    entry = LogEntry._base_manager.get(kind="unmasking")
    assert entry.about == order.ref and "17000001234" not in entry.facts


def test_what_is_no_text_or_not_there_is_not_shown(world: World) -> None:
    issued(world)
    for field in ("receivers", "hits", "no_such_field", "subjects"):  # its own targets are rows of the order
        assert unmask_field(world, "carrier", Role.EXECUTOR, field) is None
    assert not Unmasking._base_manager.exists()


def test_others_are_not_shown_it(world: World) -> None:
    issued(world)
    with pytest.raises(UnmaskingRefused):
        unmask_field(world, "carrier", Role.CLERK, "reason")
    with pytest.raises(Step.DoesNotExist):
        unmask_field(world, "bank", Role.ANALYST)


def unmask_record(world: World, ref: str, name: str, role: Role, place: int = 0) -> Path | None:
    viewer = world.viewer(name, role)
    with scoped_to(viewer):
        step = Step.objects.select_related("instance__owner").get(instance__ref=ref, personal__has_key="record")
        return unmask_file(viewer, step, "record", place, "checking the face")


def test_a_personal_file_is_for_owner_and_supervisor_on_record(world: World) -> None:
    review, file_name = verifying(world)
    for name in ("carrier", "administration"):
        path = unmask_record(world, review.ref, name, Role.ANALYST)
        assert path is not None and path.read_bytes() == b"a face"
    rows = list(Unmasking._base_manager.order_by("pk"))
    assert [(row.subject, row.owner, row.purpose) for row in rows] == [
        (review.ref, world[name], "checking the face") for name in ("carrier", "administration")
    ]
    assert all(f".1 {file_name[:12]} " in row.shown for row in rows)  # which of its papers
    assert LogEntry._base_manager.filter(kind="unmasking", about=review.ref).count() == 2
    for role in (Role.PRIVACY_OFFICER, Role.ADMINISTRATOR, Role.CLERK):
        with pytest.raises(UnmaskingRefused):
            unmask_record(world, review.ref, "carrier", role)


def test_a_personal_file_is_not_for_receivers_nor_told_as_a_value(world: World) -> None:
    review, name = limited(world, ("other_carrier",))
    assert unmask_record(world, review.ref, "other_carrier", Role.EXECUTOR) is None
    assert unmask_record(world, review.ref, "carrier", Role.ANALYST, place=1) is None
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        step = Step.objects.select_related("instance__owner").get(personal__has_key="record")
        assert unmask_evidence(viewer, step, "record", "checking the face") is None
        assert step.personal["record"] == name
    assert not Unmasking._base_manager.exists()


def test_what_hides_nothing_needs_no_press() -> None:
    assert is_masked(["a", "+8617000001234"]) and is_masked("call 17000001234")
    assert not is_masked(["a burst"]) and not is_masked([3]) and not is_masked(None)

"""A whole value is shown to who may see it, for a purpose, and not before that is on record."""

import pytest
from tests.command.people import World
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.command.audit.models import LogEntry
from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking import UnmaskingRefused, may_unmask, unmask
from fanzha.command.web.roles import MAY_UNMASK, Role
from fanzha.command.web.scoping import scoped_to, unscoped


def test_it_is_shown_and_on_record_with_its_purpose(world: World) -> None:
    number, viewer = subject(), world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        assert unmask(viewer, number, "  calling the bank ", "C1") == NUMBER
        (row,) = Unmasking.objects.all()
    assert (row.purpose, row.case, row.person, row.owner) == (
        "calling the bank",
        "C1",
        world.person("carrier", Role.ANALYST),
        world["carrier"],
    )
    assert "•" in row.shown and NUMBER not in row.shown
    entry = LogEntry._base_manager.get(kind="unmasking")
    assert (entry.actor, entry.about) == (world.person("carrier", Role.ANALYST).ref, number.ref)
    assert '"purpose":"calling the bank"' in entry.facts


def test_numbers_in_a_purpose_do_not_get_into_the_log(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        unmask(viewer, subject(), f"the same as {NUMBER}")
    assert "17000001234" not in LogEntry._base_manager.get(kind="unmasking").facts


def test_the_reference_of_a_case_is_kept_whatever_its_digits(world: World) -> None:
    viewer, ref = world.viewer("carrier", Role.ANALYST), "01M8NS4APT1700000123SFENYF"
    with scoped_to(viewer):
        unmask(viewer, subject(), "a good purpose", ref)
        assert Unmasking.objects.get().case == ref


@pytest.mark.parametrize("role", sorted(set(Role) - set(MAY_UNMASK)))
def test_roles_that_do_not_need_it_do_not_see_it(world: World, role: Role) -> None:
    viewer = world.viewer("carrier", role)
    assert not may_unmask(viewer, "phone_number")
    with scoped_to(viewer), pytest.raises(UnmaskingRefused) as refused:
        unmask(viewer, subject(), "a good purpose")
    assert refused.value.forbidden
    assert not LogEntry._base_manager.exists()


@pytest.mark.parametrize("purpose", ["", "   ", "abc", " ab "])
def test_without_a_purpose_nothing_is_shown(world: World, purpose: str) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer), pytest.raises(UnmaskingRefused, match="Say what for"):
        unmask(viewer, subject(), purpose)


def test_of_a_person_there_is_nothing_to_show(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    assert not may_unmask(viewer, "person")
    with scoped_to(viewer), pytest.raises(UnmaskingRefused) as refused:
        unmask(viewer, subject("ab" * 32, "person"), "a good purpose")
    assert refused.value.words.en == "Only a keyed hash is stored, so there is nothing to show"


def test_a_system_is_named_by_its_key(world: World) -> None:
    viewer = world.viewer("carrier")._replace(roles=frozenset({Role.ANALYST}), key=7)
    finding_row(world["carrier"])
    with scoped_to(viewer):
        unmask(viewer, subject(), "a nightly match")
    with unscoped("test"):
        assert [(row.person, row.actor) for row in Unmasking.objects.all()] == [(None, f"key:{world['carrier'].ref}:7")]

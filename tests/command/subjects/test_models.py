"""Who reads what of subjects: by marking, by supervision, by name; everything else fails closed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_scopes.exceptions import ScopeError
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.marking import Marking
from fanzha.claims.verdict import CaseStatus, Level
from fanzha.command.subjects.models import (
    Delivery,
    FindingRow,
    OpinionRow,
    PoliceCase,
    Presence,
    RejectedRow,
    SeenVersion,
    Share,
    Subject,
    Unpublished,
    VerdictRow,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

EVERYBODY = ("carrier", "other_carrier", "far_carrier", "bank", "administration", "ministry")
READERS = {
    Marking.RED: {"carrier"},
    Marking.AMBER: {"carrier", "administration", "ministry"},
    Marking.CLEAR: set(EVERYBODY),
}


def said(world: World, marking: Marking) -> None:
    """All that the carrier may say of a subject."""
    row, owner = finding_row(world["carrier"], marking=marking), world["carrier"]
    common = {"subject": row.subject, "owner": owner, "marking": marking}
    OpinionRow._base_manager.create(opinion_id="o", level="watch", given_at=AT, **common)
    PoliceCase._base_manager.create(reference="A-1", status=CaseStatus.FILED.value, at=AT, **common)
    VerdictRow._base_manager.create(level="watch", score=0.5, treatment="allow", since=AT, **common)


@pytest.mark.parametrize("marking", READERS)
def test_what_is_said_of_a_subject_is_read_by_whom_its_marking_allows(world: World, marking: Marking) -> None:
    said(world, marking)
    for name in EVERYBODY:
        with scoped_to(world.viewer(name)):
            for model in (Subject, FindingRow, OpinionRow, PoliceCase, VerdictRow, Presence):
                assert model.objects.exists() == (name in READERS[marking]), (name, model)


def test_deliveries_are_read_by_their_owner_alone(world: World) -> None:
    Delivery._base_manager.create(name="d", begins="b", owner=world["carrier"], began_at=AT, changed_at=AT)
    for name in EVERYBODY:
        with scoped_to(world.viewer(name)):
            assert Delivery.objects.exists() == (name == "carrier")


def test_without_a_viewer_nothing_is_found(db: None) -> None:
    for model in (Subject, FindingRow, OpinionRow, PoliceCase, VerdictRow, Presence, Delivery, Share):
        with pytest.raises(ScopeError):
            model.objects.count()


def test_what_is_once_stays_once(world: World) -> None:
    said(world, Marking.AMBER)
    about, owner = subject(), world["carrier"]
    delivery = Delivery._base_manager.create(name="d", begins="b", began_at=AT, changed_at=AT)
    RejectedRow.objects.create(delivery=delivery, row=1)
    SeenVersion.objects.create(owner=owner, detector="d", version="1")
    for again in (
        Subject(kind="call", value="x", thing="t", identity=about.identity, created_at=AT),
        same_again(FindingRow._base_manager.get()),
        OpinionRow(subject=about, owner=owner, opinion_id="o", level="watch", given_at=AT),
        PoliceCase(subject=about, owner=owner, reference="A-1", status="filed", at=AT),
        VerdictRow(subject=about, owner=owner, level="clear", score=0, treatment="allow", since=AT),
        Presence(subject=about, owner=owner, marking=Marking.AMBER, first_at=AT, last_at=AT),
        Delivery(name="d", begins="b", began_at=AT, changed_at=AT),
        RejectedRow(delivery=delivery, row=1),
        SeenVersion(owner=owner, detector="d", version="1"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save()


def same_again(row: FindingRow) -> FindingRow:
    row.pk, row._state.adding = None, True
    return row


def test_a_verdict_of_the_past_stands_beside_the_one_that_holds(world: World) -> None:
    said(world, Marking.AMBER)
    held = VerdictRow._base_manager.get()
    VerdictRow._base_manager.filter(pk=held.pk).update(superseded_at=AT)
    held.pk, held._state.adding = None, True
    held.save()
    assert VerdictRow._base_manager.count() == 2


def test_an_opinion_without_a_figure_is_as_sure_as_its_level() -> None:
    assert OpinionRow(level=Level.SUSPECTED.value).sure == 0.9
    assert OpinionRow(level=Level.SUSPECTED.value, score=0.2).sure == 0.2


def test_changes_of_one_subject_are_noted_one_by_one(db: None) -> None:
    for _ in range(2):
        Unpublished.objects.create(subject=subject())
    assert Unpublished.objects.count() == 2


def share(world: World, receiver: str, **fields: object) -> Share:
    values = {"purpose": "an order", "shared_at": timezone.now(), **fields}
    return Share._base_manager.create(subject=subject(), owner=world["carrier"], receiver=world[receiver], **values)


def test_even_what_is_for_named_readers_only_is_read_by_whom_it_is_shared_with(world: World) -> None:
    finding_row(world["carrier"], marking=Marking.RED)
    finding_row(world["carrier"], subject("+8617000005678"))
    share(world, "bank")
    bank = world.viewer("bank", Role.ANALYST)
    assert [one.pk for one in Subject.as_read_by(bank)] == [subject().pk]
    assert FindingRow.as_read_by(bank).count() == 1
    assert not Subject.as_read_by(world.viewer("isp", Role.ANALYST)).exists()


def test_a_share_shows_nothing_of_third_organizations(world: World) -> None:
    finding_row(world["other_carrier"])
    finding_row(world["carrier"])
    share(world, "bank")
    found = FindingRow.as_read_by(world.viewer("bank", Role.ANALYST))
    assert [one.owner_id for one in found] == [world["carrier"].pk]


def test_a_share_that_ended_shows_nothing(world: World) -> None:
    finding_row(world["carrier"])
    share(world, "bank", until=timezone.now() - timedelta(seconds=1))
    share(world, "isp", ended_at=timezone.now())
    for name in ("bank", "isp"):
        assert not Subject.as_read_by(world.viewer(name, Role.ANALYST)).exists()


# Whoever knows nothing of a subject does not learn by asking that somebody else does.


def found_by(world: World, name: str) -> tuple[int, int]:
    """How many subjects and findings an organisation's analyst finds."""
    viewer = world.viewer(name, Role.ANALYST)
    return Subject.as_read_by(viewer).count(), FindingRow.as_read_by(viewer).count()


def test_nobody_looking_finds_an_error_and_not_everything(world: World) -> None:
    with pytest.raises(ScopeError):
        Subject.objects.count()


def test_own_findings_make_a_subject_known_to_the_owner_alone(world: World) -> None:
    finding_row(world["carrier"])
    assert found_by(world, "carrier") == (1, 1)
    assert found_by(world, "other_carrier") == (0, 0)
    assert found_by(world, "bank") == (0, 0)


def test_two_organizations_that_know_of_one_subject_see_each_their_own(world: World) -> None:
    about = subject()
    finding_row(world["carrier"], about)
    finding_row(world["bank"], about)
    assert found_by(world, "carrier") == found_by(world, "bank") == (1, 1)
    assert found_by(world, "administration") == (1, 2)


@pytest.mark.parametrize(
    ("marking", "supervisor", "stranger"),
    [
        (Marking.RED, 0, 0),
        (Marking.AMBER_STRICT, 0, 0),
        (Marking.AMBER, 1, 0),
        (Marking.GREEN, 1, 1),
        (Marking.CLEAR, 1, 1),
    ],
)
def test_the_marking_says_who_else_may_read(world: World, marking: Marking, supervisor: int, stranger: int) -> None:
    finding_row(world["carrier"], marking=marking)
    assert found_by(world, "administration") == (supervisor, supervisor)
    assert found_by(world, "bank") == (stranger, stranger)
    assert found_by(world, "carrier") == (1, 1)


def test_a_regulator_of_another_province_sees_nothing(world: World) -> None:
    finding_row(world["far_carrier"])
    assert found_by(world, "administration") == (0, 0)
    assert found_by(world, "ministry") == (1, 1)

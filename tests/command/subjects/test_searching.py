"""Whatever form it is written in, a value is found by its digest; its beginning, a case and a reference find it too."""

import pytest
from tests.command.campaigns.made import campaign
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.subjects.made import AT, NUMBER, finding_row, subject

from fanzha.base.ids import digest
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.kept_values import kept
from fanzha.command.subjects.models import PoliceCase, Subject
from fanzha.command.subjects.searching import Found, search, understood
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by

pytestmark = pytest.mark.django_db


def known(owner: Organization, kind: str, written: str) -> Subject:
    """A subject that an organisation has a finding of."""
    value = kept(kind, written)
    made: Subject = Subject._base_manager.create(
        kind=kind,
        value=value.value,
        shown=value.shown,
        thing=value.thing,
        identity=digest(kind, value.value),
        created_at=AT,
    )
    finding_row(owner, made)
    return made


def found(world: World, written: str, name: str = "carrier") -> Found:
    """What an organisation's analyst finds."""
    with seen_by(world.viewer(name, Role.ANALYST)):
        return search(written)


@pytest.mark.parametrize(
    ("kind", "kept_as", "written"),
    [
        ("website", "pay-refund.example", "https://Pay-Refund.example:443/login?x=1"),
        ("website", "pay-refund.example", "pay-refund[.]example"),
        ("person", "11010519491231002X", "11010519491231002x"),
        ("device", "490154203237518", "49-015420-323751-8"),
        ("short_code", "10690000123", "1069 0000 123"),
        ("sender", "PAYBANK", "PAYBANK"),
    ],
)
def test_values_of_all_kinds_are_found_as_people_write_them(
    world: World, kind: str, kept_as: str, written: str
) -> None:
    row = known(world["carrier"], kind, kept_as)
    assert [one.pk for one in found(world, written).subjects] == [row.pk]
    assert found(world, written, "bank").subjects == []


def test_a_paper_is_kept_and_looked_for_as_a_keyed_hash_alone(world: World) -> None:
    row = known(world["carrier"], "person", "11010519491231002X")
    assert "1101051949" not in row.value
    assert "1101051949" not in str([one for one in understood("11010519491231002X") if one.kind == "person"])


@pytest.mark.parametrize("beginning", ["+8617000001", "17000001", "008617000001", "8617000001", "170 0000 1"])
def test_the_beginning_of_a_number_finds_those_that_begin_so(world: World, beginning: str) -> None:
    finding_row(world["carrier"])
    finding_row(world["carrier"], subject("+8617100009999"))
    assert [one.value for one in found(world, beginning).subjects] == [NUMBER]
    assert found(world, beginning, "bank").subjects == []


def test_the_beginning_of_a_host_finds_it_and_too_short_a_one_finds_nothing(world: World) -> None:
    row = known(world["carrier"], "website", "pay-refund.example")
    assert [one.pk for one in found(world, "pay-ref").subjects] == [row.pk]
    finding_row(world["carrier"])
    assert found(world, "pay").subjects == found(world, "1700000").subjects == found(world, "  ").subjects == []


def test_a_case_finds_its_subjects(world: World) -> None:
    finding_row(world["carrier"])
    PoliceCase._base_manager.create(
        subject=subject(), owner=world["carrier"], reference="A5101-2026-0099", status="filed", at=AT
    )
    assert found(world, "A5101-2026-0099").only == subject()
    assert found(world, "A5101-2026-0099", "bank").subjects == []


def test_references_find_what_they_name(world: World) -> None:
    row, order = campaign(world["carrier"]), drafted(world)
    assert found(world, row.ref.lower()).campaign == row and found(world, row.ref).only is None
    assert found(world, order.ref, "centre").process == order
    assert found(world, order.ref, "other_carrier").process is None
    assert found(world, subject("+8617000000000").ref).only == subject("+8617000000000")

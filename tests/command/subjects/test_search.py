"""Whatever form it is written in, a value is found by its digest; its beginning, a case and a reference find it too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.subjects.factories import AT, NUMBER, finding_row, subject

from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.command.organizations.models import DisclosureCount, Organization
from fanzha.command.subjects.canonical import canonicalize
from fanzha.command.subjects.models import PoliceCase, Subject
from fanzha.command.subjects.search import (
    MAX_LINES,
    PastedLines,
    SearchResult,
    interpret,
    look_up,
    look_up_pasted_lines,
    search,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def known(owner: Organization, kind: str, written: str) -> Subject:
    """A subject that an organisation has a finding of."""
    value = canonicalize(kind, written)
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


def found(world: World, written: str, name: str = "carrier") -> SearchResult:
    """What an organisation's analyst finds."""
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        return search(written, viewer)


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
    assert "1101051949" not in str([one for one in interpret("11010519491231002X") if one.kind == "person"])


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


pytestmark = pytest.mark.django_db


def test_each_value_has_its_own_answer(world: World) -> None:
    finding_row(world["carrier"])
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        first, second, third = look_up(["170 0000 1234", "pay.example", "!"], viewer)
    assert [one.subject.pk for one in first.summaries] == [subject().pk] and first.kinds[0] == "phone_number"
    assert second.summaries == [] and second.kinds[0] == "website"
    assert third.summaries == []
    stranger = world.viewer("bank", Role.ANALYST)
    with scoped_to(stranger):
        assert look_up(["17000001234"], stranger)[0].summaries == []


pytestmark = pytest.mark.django_db


def of(world: World, text: str) -> PastedLines:
    viewer = world.viewer("police", Role.LIAISON)
    with scoped_to(viewer):
        return look_up_pasted_lines(text, viewer)


def test_lines_are_understood_in_any_form_and_wrong_ones_named(world: World) -> None:
    finding_row(world["carrier"], marking=Marking.GREEN)
    found = of(world, "170 0000 1234\n\n  https://Pay.example/x \nwhat is this?\n+8617000001234\n1\n")
    assert [(one.number, one.kind, one.value) for one in found.usable] == [
        (1, "phone_number", subject().value),
        (3, "website", "pay.example"),
    ]
    assert [one.number for one in found.wrong] == [4, 6]
    assert [len(one.summaries) for one in found.usable] == [1, 0] and found.repeated == 1


def test_what_others_keep_for_themselves_is_not_known(world: World) -> None:
    finding_row(world["carrier"])
    assert of(world, "17000001234").usable[0].summaries == []


def test_many_lines_cost_as_many_queries_as_one(world: World) -> None:
    counts = []
    for place in range(6):
        finding_row(world["police"], number(place))
    for many in (1, 6):
        text = "\n".join(number(place).value for place in range(many))
        of(world, text)
        with CaptureQueriesContext(connection) as held:
            found = of(world, text)
        counts.append(len(held))
    assert counts[0] == counts[1] and all(one.summaries for one in found.usable)


def test_more_lines_than_are_taken_are_counted(world: World) -> None:
    found = of(world, "\n".join(f"1700000{n:04d}" for n in range(MAX_LINES + 5)))
    assert (len(found.usable), found.left_out) == (MAX_LINES, 5)


def test_cards_that_are_one_device_count_each(world: World) -> None:
    """A device ignores the last two of 16 digits: the cards of one device were looked up for the price of one."""
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        look_up([f"62170000000000{number:02}" for number in range(30)], viewer, "a list of a bank")
    assert set(DisclosureCount.objects.values_list("used", flat=True)) == {30}

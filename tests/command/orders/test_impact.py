"""The preview of an order says whom it hits and whom it spares, and shows the innocent that look like them."""

from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.command.people import World
from tests.command.reviews.factories import settled
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.base.ids import digest
from fanzha.command.orders.impact import Impact, assess_impact
from fanzha.command.organizations.models import Organization
from fanzha.command.subjects.models import OpinionRow, Subject
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.usefixtures("own_home")
ONE, OTHER, LOOKS_ALIKE = "+8617000001234", "+8613980001235", "+8617000001236"


def preview(world: World, *values: str, kind: str = "number", action: str = "refuse", name: str = "centre") -> Impact:
    viewer = world.viewer(name)
    with scoped_to(viewer):
        return assess_impact({"target_kind": kind, "action": action}, values, viewer, timezone.now())


def cleared(owner: Organization, about: Subject) -> None:
    OpinionRow._base_manager.create(
        opinion_id=digest("clear", about.pk), subject=about, owner=owner, level="clear", given_at=AT
    )


def test_whom_it_hits_by_operator_and_province(world: World) -> None:
    finding_row(world["centre"], subject(ONE))
    impact = preview(world, ONE, OTHER, "nonsense")
    assert impact.hits == 2 and [value for value, _ in impact.not_understood] == ["nonsense"]
    assert {words.zh: many for words, many in impact.operators} == {"中国电信": 1, "中国移动": 1}
    assert {words.zh: many for words, many in impact.places} == {"北京": 1, "四川": 1}
    assert impact.without_findings == 1 and impact.keeps and impact.undone.en


def test_spared_and_protected_numbers_are_left_out_with_the_reason(world: World, own_home: Path) -> None:
    lists = own_home / "lists"
    lists.mkdir()
    text = "number,origin_kind,origin,owner,proof\n+861088000120,trunk,HOSPITAL-FIC,a made-up hospital,made up\n"
    (lists / "spared.csv").write_text(text)
    impact = preview(world, ONE, "+861088000120", "110")
    assert impact.hits == 1 and [excluded.why.en for excluded in impact.allowlisted] == [
        "on the spared list: a made-up hospital"
    ]
    assert len(impact.protected) == 1 and len(impact.left_out) == 2


def test_victims_are_left_out_as_far_as_the_viewer_may_know(world: World) -> None:
    finding_row(world["centre"], subject(ONE), fraud_type="victim_at_risk")
    impact = preview(world, ONE, OTHER)
    assert impact.hits == 1 and len(impact.left_out) == 1 and "Warn the person" in impact.victims[0].why.en
    assert ONE not in impact.victims[0].shown
    assert preview(world, ONE, OTHER, name="bank").hits == 2


def test_the_innocent_that_look_like_them_are_shown(world: World) -> None:
    finding_row(world["centre"], subject(ONE))
    alike = subject(LOOKS_ALIKE)
    finding_row(world["centre"], alike, score=0.8)
    cleared(world["centre"], alike)
    (excluded,) = preview(world, ONE).look_alikes
    assert (excluded.ref, excluded.score, excluded.reason.en) == (alike.ref, 0.8, "31 calls in an hour")
    assert LOOKS_ALIKE not in excluded.shown and "•" in excluded.shown
    assert preview(world, ONE, LOOKS_ALIKE).cleared == 1


def test_the_likely_false_share_is_that_of_blind_reviews(world: World) -> None:
    finding_row(world["carrier"], subject(ONE))
    assert preview(world, ONE, name="carrier").likely_false == "not enough decisions (n = 0)"
    settled(world, 40, wrong=0)
    impact = preview(world, ONE, name="carrier")
    assert impact.likely_false.endswith("n = 40") and impact.false_share.counted in (9, 10)
    assert preview(world, ONE, name="bank").false_share.marked == 0


def test_nobody_learns_of_what_others_know(world: World) -> None:
    finding_row(world["centre"], subject(ONE))
    impact = preview(world, ONE, name="bank")
    assert impact.without_findings == 1 and impact.look_alikes == ()


def test_what_fits_no_action_hits_nobody(world: World) -> None:
    impact = preview(world, ONE, action="take_down")
    assert (impact.hits, impact.groups, impact.keeps) == (0, (), ()) and impact.not_understood


def test_the_number_of_queries_does_not_grow(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    values = [f"+86170000{number:05}" for number in range(60)]
    for value in values:
        about = subject(value)
        finding_row(world["centre"], about)
        if value[-1] in "01":
            cleared(world["centre"], about)
    for asked in (values[:2], values[:50]):
        with django_assert_max_num_queries(10):
            preview(world, *asked)

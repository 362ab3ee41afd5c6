"""A table is asked for under an agreement, within its budget, and leaves once a second person released it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import agreement_of
from tests.command.research.table_world import LAST_MONTH, asked, months_back, plant, table_draft

from fanzha.command.audit.models import LogEntry
from fanzha.command.research.models import ResearchTable, TableState
from fanzha.command.research.table_jobs import compute
from fanzha.command.research.table_services import ask_table, decide_table, parse_month, take_table
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Reason, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_released_table_is_taken_by_the_partner_and_all_is_on_record(world: World) -> None:
    plant(world, {"phishing": 12, "other": 15})
    row = asked(world, agreement_of(world), ("fraud_type",))
    compute(row.ref)
    row.refresh_from_db()
    assert row.state == TableState.READY
    with pytest.raises(Refusal):
        take_table(row, world.viewer("partner", Role.ANALYST))
    with pytest.raises(Refusal) as refused:
        decide_table(row, world.viewer("partner", Role.REVIEWER), release=True)
    assert refused.value.reason == Reason.ROLE
    assert decide_table(row, world.viewer("carrier", Role.REVIEWER), release=True) is False
    row.refresh_from_db()
    content = take_table(row, world.viewer("partner", Role.ANALYST))
    assert {(line["fraud_type"], line["count"]) for line in content["lines"]} >= {("phishing", 12), ("other", 15)}
    kinds = list(LogEntry._base_manager.filter(about=row.ref).order_by("pk").values_list("kind", flat=True))
    assert [kind.removeprefix("research_table_") for kind in kinds] == ["asked", "computed", "released", "taken"]


def test_a_table_that_is_not_released_loses_its_content(world: World) -> None:
    plant(world, {"phishing": 12})
    row = asked(world, agreement_of(world), ())
    compute(row.ref)
    row.refresh_from_db()
    decide_table(row, world.viewer("carrier", Role.REVIEWER), release=False)
    row.refresh_from_db()
    assert (row.state, row.content, bytes(row.membership)) == (TableState.REFUSED, {}, b"")


def test_the_person_who_asked_does_not_release(world: World) -> None:
    plant(world, {"phishing": 12})
    viewer = world.viewer("carrier", Role.ANALYST, Role.REVIEWER)
    row = ask_table(agreement_of(world), table_draft(), viewer)
    compute(row.ref)
    row.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        decide_table(row, viewer, release=True)
    assert refused.value.reason == Reason.SAME_PERSON


def test_two_tables_made_at_the_same_time_do_not_both_leave_uncompared(world: World) -> None:
    plant(world, {"phishing": 12, "other": 15})
    agreement, reviewer = agreement_of(world), world.viewer("carrier", Role.REVIEWER)
    first, second = asked(world, agreement, ("fraud_type",)), asked(world, agreement, ())
    compute(first.ref)
    compute(second.ref)
    ResearchTable._base_manager.update(compared=[])  # as if each was computed before the other was ready
    for row in (first, second):
        row.refresh_from_db()
    assert decide_table(first, reviewer, release=True) is False
    assert decide_table(second, reviewer, release=True) is True
    second.refresh_from_db()
    assert second.state == TableState.ASKED


def test_the_budget_counts_every_request(world: World) -> None:
    agreement = agreement_of(world, table_budget=2)
    asked(world, agreement, ())
    asked(world, agreement, ())
    with pytest.raises(Refusal) as refused:
        asked(world, agreement, ())
    assert "budget" in refused.value.words.en


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dimensions": ("number",)}, "dimensions"),
        ({"dimensions": ("month", "month")}, "dimensions"),
        ({"dimensions": ("month", "fraud_type", "ingress", "outcome")}, "dimensions"),
        ({"dimensions": ("city",), "kind": "website"}, "dimensions"),
        ({"dimensions": ("outcome",), "measure": "rate"}, "dimensions"),
        ({"dimensions": ("city", "fraud_type")}, "dimensions"),
        ({"measure": "list"}, "measure"),
        ({"kind": "nothing"}, "kind"),
        ({"first": "2026-13"}, "last"),
        ({"last": f"{timezone.now() + timedelta(days=40):%Y-%m}"}, "last"),
        ({"first": "2019-01"}, "last"),
        ({"purpose": "x"}, "purpose"),
    ],
    ids=["unknown", "twice", "four", "place", "rate", "cells", "measure", "kind", "month", "open", "long", "purpose"],
)
def test_what_is_not_offered_is_refused(changes: dict[str, Any], field: str, world: World) -> None:
    with pytest.raises(Refusal) as refused:
        ask_table(agreement_of(world), table_draft(**changes), world.viewer("partner", Role.ANALYST))
    assert field in refused.value.fields


def test_others_ask_for_nothing(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        ask_table(agreement_of(world), table_draft(), world.viewer("bank", Role.ANALYST))
    assert refused.value.reason == Reason.ROLE
    with pytest.raises(Refusal):
        ask_table(agreement_of(world, number="R-2", allows_tables=False), table_draft(), world.viewer("partner"))


def test_a_month_ends_where_the_next_begins(world: World) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Shanghai")
    assert parse_month("2026-12", zone, following=True) == parse_month("2027-01", zone)
    assert parse_month("December", zone) is None and months_back(1) == LAST_MONTH

"""Who asks cleverly learns nothing about fewer than ten: by periods, regions, operators, outcomes, or again later."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import agreement_draft, agreement_of, decide
from tests.command.research.table_world import LAST_MONTH, asked, months_back, plant, table_draft

from fanzha.claims.verdict import Level
from fanzha.command.research.models import ResearchTable, TableState
from fanzha.command.research.services import approve_agreement, record_agreement
from fanzha.command.research.table_jobs import compute
from fanzha.command.research.table_services import ask_table
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def computed(row: ResearchTable) -> ResearchTable:
    """Compute a table."""
    compute(row.ref)
    row.refresh_from_db()
    return row


def test_small_and_empty_cells_are_missing_and_so_is_what_gives_them_away(world: World) -> None:
    plant(world, {"phishing": 40, "other": 30, "prize": 4})
    row = computed(asked(world, agreement_of(world), ("fraud_type",)))
    lines = {line["fraud_type"]: line["count"] for line in row.content["lines"]}
    assert "prize" not in lines and "kidnap" not in lines
    assert lines["phishing"] == 40
    missing = lines.get("*", 74) - sum(lines[name] for name in ("phishing", "other") if name in lines)
    assert missing >= 10 or "*" not in lines


def test_a_period_that_is_longer_by_a_month_with_few_is_refused(world: World) -> None:
    plant(world, {"phishing": 30}, back=2)
    plant(world, {"phishing": 4}, back=1)
    agreement = agreement_of(world)
    short = computed(asked(world, agreement, (), first=months_back(2), last=months_back(2)))
    assert short.state == TableState.READY
    long = computed(asked(world, agreement, (), first=months_back(2), last=LAST_MONTH))
    assert long.state == TableState.REFUSED and short.ref in long.refused_en and long.content == {}


def test_another_partner_does_not_get_the_other_half_of_a_difference(world: World) -> None:
    plant(world, {"phishing": 30}, back=2)
    plant(world, {"phishing": 4}, back=1)
    computed(asked(world, agreement_of(world), (), first=months_back(2), last=months_back(2)))

    other = record_agreement(world["bank"], agreement_draft(number="R-2"), world.viewer("carrier", Role.LIAISON))
    approve_agreement(other, world.viewer("carrier", Role.REVIEWER))
    other.refresh_from_db()

    draft = table_draft(first=months_back(2), last=LAST_MONTH)
    row = computed(ask_table(other, draft, world.viewer("bank", Role.ANALYST)))
    assert row.state == TableState.REFUSED


def test_a_chain_of_periods_isolates_nobody(world: World) -> None:
    plant(world, {"phishing": 30}, back=3)
    plant(world, {"phishing": 2}, back=2)
    plant(world, {"phishing": 30}, back=1)
    agreement = agreement_of(world)
    first = computed(asked(world, agreement, (), first=months_back(3), last=months_back(3)))
    whole = computed(asked(world, agreement, (), first=months_back(3)))
    third = computed(asked(world, agreement, ()))
    assert [row.state for row in (first, whole, third)] == [TableState.READY, TableState.READY, TableState.REFUSED]


def test_a_total_of_a_regulator_less_those_of_its_carriers_isolates_none_of_them(world: World) -> None:
    for owner, many in (("carrier", 40), ("other_carrier", 40), ("mvno", 4)):
        plant(world, {"phishing": many}, owner=owner)
    states = []
    for owner in ("carrier", "other_carrier", "administration"):
        agreement = record_agreement(world["partner"], agreement_draft(), world.viewer(owner, Role.LIAISON))
        approve_agreement(agreement, world.viewer(owner, Role.REVIEWER))
        agreement.refresh_from_db()
        row = computed(ask_table(agreement, table_draft(), world.viewer("partner", Role.ANALYST)))
        states.append(row.state)
    assert states == [TableState.READY, TableState.READY, TableState.REFUSED]
    assert "other organisations" in row.refused_en


def test_a_table_of_a_regulator_in_which_one_carrier_reports_says_nothing(world: World) -> None:
    plant(world, {"phishing": 40})
    agreement = record_agreement(world["partner"], agreement_draft(), world.viewer("administration", Role.LIAISON))
    approve_agreement(agreement, world.viewer("administration", Role.REVIEWER))
    agreement.refresh_from_db()
    row = computed(ask_table(agreement, table_draft(), world.viewer("partner", Role.ANALYST)))
    assert row.state == TableState.REFUSED


def test_months_apart_are_both_given(world: World) -> None:
    plant(world, {"phishing": 30}, back=2)
    plant(world, {"phishing": 14}, back=1)
    agreement = agreement_of(world)
    first = computed(asked(world, agreement, (), first=months_back(2), last=months_back(2)))
    second = computed(asked(world, agreement, ()))
    assert (first.state, second.state) == (TableState.READY, TableState.READY)


def test_the_same_table_after_one_record_left_is_refused(world: World) -> None:
    subjects = plant(world, {"phishing": 30})
    agreement = agreement_of(world)
    assert computed(asked(world, agreement, ())).state == TableState.READY
    assert computed(asked(world, agreement, ())).state == TableState.READY
    FindingRow._base_manager.filter(subject=subjects[0]).update(withdrawn_at=timezone.now())
    assert computed(asked(world, agreement, ())).state == TableState.REFUSED


def test_a_province_less_its_cities_leaves_no_village(world: World) -> None:
    plant(world, {"phishing": 40, "other": 4})
    agreement = agreement_of(world)
    by_type = computed(asked(world, agreement, ("fraud_type",)))
    assert by_type.state == TableState.READY
    by_province = computed(asked(world, agreement, ("province",)))
    shown = {line["fraud_type"] for line in by_type.content["lines"]}
    assert by_province.state == TableState.REFUSED or not ({"phishing"} <= shown and by_province.content["lines"])


def test_what_one_operator_alone_found_is_not_told_apart_from_others(world: World) -> None:
    plant(world, {"phishing": 20}, owner="carrier")
    plant(world, {"phishing": 20, "other": 30}, owner="other_carrier")
    plant(world, {"phishing": 20}, owner="mvno")

    draft = agreement_draft()
    agreement = record_agreement(world["partner"], draft, world.viewer("administration", Role.LIAISON))
    approve_agreement(agreement, world.viewer("administration", Role.REVIEWER))
    agreement.refresh_from_db()
    asked_for = table_draft(dimensions=("fraud_type",))
    row = computed(ask_table(agreement, asked_for, world.viewer("partner", Role.ANALYST)))
    lines = {line["fraud_type"]: line["count"] for line in row.content.get("lines", ())}
    assert lines["phishing"] == 60 and "other" not in lines


def test_a_rate_is_given_only_if_confirmed_and_cleared_are_both_enough(world: World) -> None:
    many = plant(world, {"phishing": 30})
    few = plant(world, {"prize": 30})
    decide(world, [*many[:15], *few[:28]], Level.SUSPECTED)
    decide(world, [*many[15:], *few[28:]], Level.CLEAR)
    row = computed(asked(world, agreement_of(world), ("fraud_type",), measure="rate"))
    lines = {line["fraud_type"]: line for line in row.content["lines"]}
    assert lines["phishing"]["rate"] == 0.5 and lines["phishing"]["decided"] == 30
    assert not {"prize", "*"} & set(lines)


def test_a_table_of_small_cells_alone_is_refused(world: World) -> None:
    plant(world, {"phishing": 4})
    row = computed(asked(world, agreement_of(world), ()))
    assert row.state == TableState.REFUSED and "every cell is small" in row.refused_en


def test_a_table_is_computed_once(world: World) -> None:
    plant(world, {"phishing": 14})
    row = computed(asked(world, agreement_of(world), ()))
    at = row.computed_at
    assert computed(row).computed_at == at

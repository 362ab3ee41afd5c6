"""Statutory forms: filled by the machine, completed by people, declared, locked."""

from decimal import Decimal

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.statistics.forms_made import audited, filled, opened, take
from tests.command.statistics.month_made import MONTH

from fanzha.command.processes.models import Step
from fanzha.command.statistics.form_definitions import load_forms
from fanzha.command.statistics.form_values import (
    Changer,
    FormRow,
    change_value,
    digest_values,
    empty_fields,
    form_of,
    percentage,
    read_form,
    round_value,
)
from fanzha.command.statistics.selectors import kpi
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db


def changer_of(world: World) -> Changer:
    return Changer.of(world.viewer("carrier", Role.CLERK), world["carrier"].ref)


def rows_of(instance: object) -> dict[str, FormRow]:
    return {row.field.name: row for row in read_form(instance)}  # type: ignore[arg-type]


def test_every_field_with_rows_is_filled_by_the_machine_with_its_lineage(month: World) -> None:
    instance = filled(month)
    assert form_of(instance) == (load_forms()["public_reports"], MONTH)
    rows, figure = rows_of(instance), kpi("reports_per_million", month["carrier"], MONTH)
    assert rows["count"].value == round_value(figure.numerator or 0)
    assert rows["rate"].value == round_value(figure.value or 0)
    assert rows["count"].lineage["rows"] == figure.numerator and len(rows["count"].lineage["digest"]) == 64
    assert rows["subscribers"].lineage["outside"] == "subscribers" and rows["subscribers"].value
    assert rows["last_month"].lineage["period"] == "2026-09"
    assert {field.name for field in empty_fields(instance)} == {"group_rank", "country_rank"}


@pytest.mark.parametrize("name", load_forms())
def test_every_form_can_be_filled_for_a_month(month: World, name: str) -> None:
    rows = rows_of(filled(month, name))
    definition = load_forms()[name]
    by_machine = [field.name for field in definition.fields.values() if field.figure or field.outside]
    assert by_machine and all(rows[field].value is not None for field in by_machine)


def test_a_person_gives_a_value_with_a_reason_and_the_machines_stays_beside_it(month: World) -> None:
    instance, changer, now = filled(month), changer_of(month), timezone.now()
    with unscoped("test"):
        computed = rows_of(instance)["count"].value
        change_value(instance, "count", Decimal("7.005"), "two were counted twice", changer, now)
        row = rows_of(instance)["count"]
        assert (row.value, row.computed, row.is_overridden) == (Decimal("7.01"), computed, True)
        take(month, instance, "fill", "carrier", Role.CLERK)
        assert rows_of(instance)["count"].value == Decimal("7.01")
        change_value(instance, "count", None, "", changer, now)
        assert rows_of(instance)["count"].value == computed
        for name, value, reason in (
            ("count", Decimal(1), " "),
            ("colour", Decimal(1), "x"),
            ("month_on_month", Decimal(1), "x"),
        ):
            with pytest.raises(Refusal):
                change_value(instance, name, value, reason, changer, now)


def test_a_declared_form_is_locked_and_the_declaration_names_its_values(month: World) -> None:
    instance, changer = filled(month), changer_of(month)
    with pytest.raises(Refusal, match="true"):
        take(month, instance, "declare", "carrier", Role.REVIEWER, statement=False, not_filled="x")
    with pytest.raises(Refusal, match="empty"):
        take(month, instance, "declare", "carrier", Role.REVIEWER, statement=True)
    take(month, instance, "declare", "carrier", Role.REVIEWER, statement=True, not_filled="the group ranks later")
    with unscoped("test"):
        step = Step.objects.get(instance=instance, event="declare")
        assert step.evidence["values_digest"] == digest_values(instance)
        assert step.person == month.person("carrier", Role.REVIEWER)
        with pytest.raises(Refusal, match="locked"):
            change_value(instance, "group_rank", Decimal(1), "the group", changer, timezone.now())


def test_who_filled_a_form_does_not_declare_it(month: World) -> None:
    instance = opened(month)
    month.person("carrier", Role.ANALYST, Role.REVIEWER)
    take(month, instance, "fill", "carrier", Role.ANALYST)
    with pytest.raises(Refusal):
        take(month, instance, "declare", "carrier", Role.ANALYST, statement=True, not_filled="x")


def test_there_is_one_form_of_a_sort_and_period(month: World) -> None:
    instance = opened(month)
    with pytest.raises(Refusal, match="already"):
        opened(month)
    opened(month, "combat"), opened(month, owner="mvno")
    take(month, instance, "drop", "carrier", Role.REVIEWER, reason="a mistake")
    assert opened(month).pk != instance.pk


def test_an_audited_form_has_no_step_left_but_the_sum(month: World) -> None:
    instance = audited(month)
    for event, role in (("take_back", Role.REVIEWER), ("fill", Role.CLERK), ("drop", Role.REVIEWER)):
        with pytest.raises(Refusal):
            take(month, instance, event, "carrier", role, reason="x")
    assert take(month, instance, "add_up", "administration", Role.ANALYST).state == "summed"


def test_percentages_need_both_values() -> None:
    values = {"part": Decimal(1), "whole": Decimal(3), "nothing": Decimal(0), "empty": None}
    assert percentage(values, ("part", "whole")) == Decimal("33.33")
    assert percentage(values, ("part", "nothing")) is None and percentage(values, ("part", "empty")) is None

"""Definitions of the six statutory forms, and what is refused in one."""

from typing import Any

import pytest

from fanzha.command.processes.process_settings import load_processes
from fanzha.command.statistics.definitions import DefinitionError
from fanzha.command.statistics.form_definitions import load_forms, parse_form

FIELD: dict[str, Any] = {"title": ["甲", "A"], "unit": ["件", "cases"]}


def test_there_are_the_six_forms_that_the_process_offers() -> None:
    offered = load_processes()["statistical_form"].opening["open_form"].evidence["form"].choices
    assert set(load_forms()) == set(offered) and len(offered) == 6
    assert len(load_forms()["iot_self_check"].fields) == 19 and len(load_forms()["combat"].fields) >= 43


def test_every_form_has_fields_of_the_machine_and_of_people() -> None:
    for form in load_forms().values():
        entered = [field for field in form.fields.values() if field.is_entered]
        assert 0 < len(entered) < len(form.fields), form.name


@pytest.mark.parametrize(
    "change",
    [
        {"colour": 1}, {"figure": "colour.value"}, {"figure": "money_saved.colour"}, {"outside": "colours"},
        {"percent_of": ["a", "colour"]}, {"figure": "money_saved.value", "outside": "subscribers"},
    ],
)  # fmt: skip
def test_a_malformed_field_is_refused(change: dict[str, Any]) -> None:
    raw = {"version": 1, "title": ["甲", "A"], "period": ["month"], "fields": {"a": {**FIELD, **change}}}
    with pytest.raises(DefinitionError):
        parse_form("test", raw)
    with pytest.raises(DefinitionError):
        parse_form("test", {**raw, "period": ["day"], "fields": {"a": FIELD}})

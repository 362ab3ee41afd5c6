"""Every table has a retention class whose days, bases and columns fit, so that none keeps rows without a reason."""

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CASCADE, DateTimeField

from fanzha.command.privacy.retention_classes import (
    FILE_TABLES,
    Keeps,
    TableRetention,
    retention_classes,
    root_of,
    table_retentions,
)
from fanzha.command.web.scheduler import regular_jobs
from fanzha.processes.legal_basis import legal_basis_words

TABLES = [table for label, table in table_retentions().items() if label not in FILE_TABLES]
#: What deletes rows without being a periodic job: publication takes each row off its queue, the screen its own files.
OTHER_SWEEPS = {"publication", "screen"}


def field_at(model: Any, path: str) -> Any:
    """Return the field at the end of a path."""
    *steps, last = path.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def test_every_model_has_a_retention_class_and_no_class_is_of_a_model_that_is_gone() -> None:
    models = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert models == {table.label for table in TABLES}, "say in retention.toml how long the table keeps its rows"


@pytest.mark.parametrize("name", retention_classes())
def test_a_class_names_its_laws_and_its_days_are_in_order(name: str) -> None:
    found = retention_classes()[name]
    assert all(legal_basis_words(code) for code in (*found.floor_basis, *found.ceiling_basis))
    assert found.floor_days <= found.default_days <= found.ceiling_days
    assert found.title.zh and found.title.en


def test_network_logs_are_kept_for_six_months_at_least() -> None:
    """Cybersecurity Law Art. 21; six months have 184 days at most."""
    assert retention_classes()["network_log"].floor_days == 184
    assert retention_classes()["network_log"].floor_basis == ("CSL21",)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.label)
def test_the_columns_of_a_table_are_there(table: TableRetention) -> None:
    for name in table.age:
        assert isinstance(field_at(table.model, name), DateTimeField)
    for path in filter(None, (table.owner, table.subject, table.subject_ref, table.process, table.person, table.value)):
        field_at(table.model, path)
    for name in table.unused:
        assert table.model._meta.get_field(name).one_to_many
    for name in (*table.shows, *table.corrects):
        head = name.split(".")[0]
        try:
            table.model._meta.get_field(head)
        except FieldDoesNotExist:
            assert hasattr(table.model, head)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.label)
def test_something_ends_the_rows_of_each_table(table: TableRetention) -> None:
    assert (table.keeps is Keeps.PERIOD) == bool(table.age)
    assert (table.keeps is Keeps.JOB) == bool(table.job)
    assert (table.keeps is Keeps.PARENT) == bool(table.parent)
    if table.job:
        assert table.job in {*regular_jobs(), *OTHER_SWEEPS}
    if table.keeps is Keeps.PERIOD:
        assert table.retention_class.default_days


@pytest.mark.parametrize("table", [table for table in TABLES if table.parent], ids=lambda table: table.label)
def test_rows_go_with_their_parent_by_a_cascade(table: TableRetention) -> None:
    relations: list[Any] = [field for field in table.model._meta.concrete_fields if field.is_relation]
    parents = [field.related_model._meta.label for field in relations if field.remote_field.on_delete is CASCADE]
    assert table.parent in parents
    assert root_of(table).keeps is not Keeps.PARENT


def test_a_table_with_a_persons_data_says_what_the_person_may_see() -> None:
    hidden = {table.label for table in TABLES if table.is_personal and not table.shows}
    assert hidden == {"exports.Export", "subjects.Presence"}, "the totals of findings, and what colleagues took out"

"""Add up the audited forms of a period over organisations, for the regulator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from fanzha.command.processes.selectors import find_instances
from fanzha.command.statistics.form_definitions import FormDefinition, FormField, load_forms
from fanzha.command.statistics.form_values import PROCESS, form_of, percentage, read_form
from fanzha.command.statistics.periods import Period

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

#: States of forms that are added up.
AUDITED = ("audited", "summed")


@dataclass(frozen=True)
class FormSum:
    """The sum of a form over organisations: a column for each, and the total; None where nothing adds up."""

    definition: FormDefinition
    period: Period
    instances: Sequence[ProcessInstance]
    rows: list[tuple[FormField, Decimal | None, list[Decimal | None]]]


def add_up_forms(form: str, period: Period) -> FormSum:
    """Return the sum of the audited forms that the viewer may read. Raise KeyError for an unknown form."""
    definition = load_forms()[form]
    found = find_instances().filter(process=PROCESS, state__in=AUDITED).select_related("owner", "version")
    instances = [instance for instance in found.order_by("owner", "pk") if form_of(instance) == (definition, period)]
    columns = [{row.field.name: row.value for row in read_form(instance)} for instance in instances]
    totals: dict[str, Decimal | None] = {}
    for name, field in definition.fields.items():
        values = [value for column in columns if (value := column.get(name)) is not None]
        totals[name] = sum(values, Decimal(0)) if field.sums and values else None
    for name, field in definition.fields.items():
        if field.percent_of is not None:
            totals[name] = percentage(totals, field.percent_of)
    rows = [
        (field, totals[name], [column.get(name) for column in columns]) for name, field in definition.fields.items()
    ]
    return FormSum(definition, period, instances, rows)

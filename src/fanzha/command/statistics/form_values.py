"""Fill statutory forms: figures by the machine, other values by people, derived percentages, lock and digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import as_person, get_actor, get_actor_ref
from fanzha.command.processes.selectors import current_situation, find_instances
from fanzha.command.statistics.definitions import OutsideSource, load_figures
from fanzha.command.statistics.figures import (
    Figure,
    build_scope,
    compute_figure,
    digest_rows,
    outside_total,
    source_rows,
)
from fanzha.command.statistics.form_definitions import FormDefinition, FormField, load_forms
from fanzha.command.statistics.models import FormValue
from fanzha.command.statistics.periods import Period, month_of, period_at
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.processes.models import ProcessInstance
    from fanzha.command.web.viewer import Viewer

PROCESS = "statistical_form"
#: The state in which values may be changed; before it nothing is filled, after it the values are declared.
EDITABLE = "filled"
#: Values that a field can hold.
MOST = Decimal("1e20")
_CENT = Decimal("0.01")
_UNSCOPED = unscoped("the values of a form belong to the owner of its process")
_LOCKED = Words("报表已声明或锁定，数值不得更改", "The form is declared or locked; its values do not change")
_NO_FIELD = Words("没有这一项", "there is no such field")
_COMPUTED = Words("由其他各项算出，不得填写", "It is computed from other fields")
_NO_REASON = Words("须写明来源或更改理由", "Say where it comes from, or why it differs")
_TOO_LARGE = Words("数值超出范围", "The value is out of range")


class FormRow(NamedTuple):
    """A field of a form with its values; `value` of a percentage is computed from the other fields."""

    field: FormField
    value: Decimal | None
    computed: Decimal | None
    reason: str
    lineage: Mapping[str, Any]

    @property
    def is_overridden(self) -> bool:
        """Return whether a person gave another value than the machine."""
        return self.computed is not None and self.value != self.computed


class Changer(NamedTuple):
    """Who gives a value or a spreadsheet: a person, or a key (None) by its reference as an actor."""

    person: Person | None
    ref: str

    @classmethod
    def of(cls, viewer: Viewer, organization: str) -> Changer:
        """Return the viewer of an organisation (reference)."""
        return cls(as_person(get_actor(viewer)), get_actor_ref(viewer, organization))


def form_of(instance: ProcessInstance) -> tuple[FormDefinition, Period]:
    """Return definition and period of the form of a process."""
    facts = current_situation(instance).facts
    return load_forms()[str(facts["form"])], read_period(facts)


def read_period(facts: Mapping[str, Any]) -> Period:
    """Return the period that the facts of a form name by a day: its month, or another sort."""
    return period_at(str(facts.get("span") or "month"), from_ms(int(str(facts["day"]))))


def fill_form(instance: ProcessInstance, now: datetime) -> None:
    """Compute the fields that the machine fills, as of a moment; values that people gave stay, beside the new ones."""
    definition, period = form_of(instance)
    figures: dict[tuple[str, str], Figure] = {}
    for field in definition.fields.values():
        if field.percent_of is not None:
            continue
        computed, lineage = _compute(field, instance.owner, _shift(period, field.months_back), figures)
        row = _UNSCOPED.rows(FormValue).filter(instance=instance, field=field.name).first()
        is_kept = row is not None and bool(row.reason)
        _UNSCOPED.rows(FormValue).update_or_create(
            instance=instance,
            field=field.name,
            defaults={
                "owner": instance.owner, "computed": computed, "lineage": lineage, "changed_at": now,
                "value": row.value if row is not None and is_kept else computed,
            },
        )  # fmt: skip


def read_form(instance: ProcessInstance) -> list[FormRow]:
    """Return the fields of a form with their values, in the order of the definition."""
    definition, _period = form_of(instance)
    rows = {row.field: row for row in _UNSCOPED.rows(FormValue).filter(instance=instance)}
    values = {name: row.value for name, row in rows.items()}
    shown = []
    for name, field in definition.fields.items():
        if field.percent_of is not None:
            shown.append(FormRow(field, percentage(values, field.percent_of), None, "", {}))
            continue
        row = rows.get(name)
        shown.append(
            FormRow(field, row.value, row.computed, row.reason, row.lineage)
            if row
            else FormRow(field, None, None, "", {})
        )
    return shown


def change_value(
    instance: ProcessInstance, name: str, value: Decimal | None, reason: str, changer: Changer, now: datetime
) -> None:
    """Store the value that a person gives a field, with the reason; it is logged. Raise Refusal.

    An empty value takes the machine's back.
    """
    definition, _period = form_of(instance)
    field = definition.fields.get(name)
    if field is None or field.percent_of is not None:
        words = _NO_FIELD if field is None else _COMPUTED
        raise Refusal(Reason.EVIDENCE, words, fields={"value": words})
    if value is not None and not -MOST < value < MOST:
        raise Refusal(Reason.EVIDENCE, _TOO_LARGE, fields={"value": _TOO_LARGE})
    if value is not None and not reason.strip():
        raise Refusal(Reason.EVIDENCE, _NO_REASON, fields={"reason": _NO_REASON})
    with recorded() as log:
        locked = find_instances(_UNSCOPED).select_for_update(of=("self",)).get(pk=instance.pk)
        if locked.state != EDITABLE:
            raise Refusal(Reason.STATE, _LOCKED)
        row, _created = _UNSCOPED.rows(FormValue).get_or_create(
            instance=instance, field=name, defaults={"owner": instance.owner, "changed_at": now}
        )
        before = row.value
        row.value = row.computed if value is None else round_value(value)
        row.reason = "" if value is None else reason.strip()[:300]
        row.changed_by, row.changed_at = changer.person, now
        row.save(update_fields=["value", "reason", "changed_by", "changed_at"])
        facts = {"field": name, "before": _text(before), "value": _text(row.value), "reason": row.reason}
        draft = Draft(
            "form_value_changed", to_ms(now), changer.ref, instance.owner.ref, process=instance.ref, facts=facts
        )
        log.add(draft)


def digest_values(instance: ProcessInstance) -> str:
    """Return the SHA-256 of the form with all its values; a declaration names it."""
    definition, period = form_of(instance)
    values = {row.field.name: _text(row.value) for row in read_form(instance)}
    content = [definition.name, definition.version, period.key, values]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def empty_fields(instance: ProcessInstance) -> list[FormField]:
    """Return the fields without a value."""
    return [row.field for row in read_form(instance) if row.value is None and row.field.percent_of is None]


def percentage(values: Mapping[str, Decimal | None], percent_of: tuple[str, str]) -> Decimal | None:
    """Return how many per cent one value is of another; None without both, or of nothing."""
    part, whole = (values.get(name) for name in percent_of)
    return None if part is None or not whole else round_value(part / whole * 100)


def round_value(value: Decimal | float) -> Decimal:
    """Return a value with two decimals, as the forms ask."""
    return Decimal(str(value)).quantize(_CENT, ROUND_HALF_UP)


def _compute(
    field: FormField, owner: Organization, period: Period, figures: dict[tuple[str, str], Figure]
) -> tuple[Decimal | None, dict[str, Any]]:
    """Return the machine's value of a field, and where it comes from; figures are computed once a form."""
    if field.outside:
        total = outside_total(field.outside, (owner.pk,), period)
        return _rounded(total), {"outside": field.outside, "period": period.key}
    if not field.figure:
        return None, {}
    definition = load_figures()[field.figure]
    figure = figures.get((field.figure, period.key))
    if figure is None:
        figure = figures[field.figure, period.key] = compute_figure(definition, [owner], period)
    source = definition.denominator if field.part == "denominator" else definition.numerator
    rows = None if isinstance(source, OutsideSource) else source_rows(source, build_scope([owner], period))
    lineage = {
        "figure": field.figure, "version": definition.version, "part": field.part, "period": period.key,
        "rows": 0 if rows is None else rows.count(), "digest": digest_rows(rows),
    }  # fmt: skip
    return _rounded(getattr(figure, field.part)), lineage


def _shift(period: Period, months_back: int) -> Period:
    for _ in range(months_back):
        period = month_of(from_ms(to_ms(period.since) - 3_600_000))
    return period


def _rounded(value: float | None) -> Decimal | None:
    return None if value is None else round_value(value)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"

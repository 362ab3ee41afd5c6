"""The form of an event, made from the fields of evidence that its process names; files go to the evidence store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.processes.evidence_file import EvidenceFile
from fanzha.command.processes.form_choices import Choices
from fanzha.command.processes.many_fields import FilesField, LinesField
from fanzha.command.processes.parties import party
from fanzha.processes.evidence import Field, FieldType
from fanzha.store.evidence_files import keep


class EvidenceForm(forms.Form):
    """Built by `evidence_form`; `evidence()` returns what the engine reads."""

    wanted: Mapping[str, Field] = {}

    def evidence(self) -> dict[str, Any]:
        """Return the evidence that was given; a field left empty is not in it."""
        given = {name: _engine_value(field, self.cleaned_data.get(name)) for name, field in self.wanted.items()}
        return {name: value for name, value in given.items() if value not in (None, "", ())}

    def add_faults(self, faults: Mapping[str, Words]) -> None:
        """Show what the engine refused beside the fields."""
        for name, words in faults.items():
            self.add_error(name if name in self.fields else None, said(words))


def evidence_form(wanted: Mapping[str, Field], choices: Choices) -> type[EvidenceForm]:
    """Return the form class of these fields, with whom they let choose."""
    made = {name: _form_field(name, field, choices) for name, field in wanted.items()}
    return type("EventForm", (EvidenceForm,), {**made, "wanted": wanted})


def said(words: Words) -> str:
    """Return words in the reader's language."""
    return words.zh if (get_language() or "").startswith("zh") else words.en


def _form_field(name: str, field: Field, choices: Choices) -> forms.Field:
    unit = said(Words(field.unit.zh, field.unit.en)) if field.unit else ""
    unit = f" ({unit})" if unit else ""
    told: dict[str, Any] = {"label": said(field.title) + unit, "required": field.required}
    match field.type:
        case FieldType.NUMBER if field.many:
            return LinesField(forms.FloatField(min_value=0), **told)
        case FieldType.NUMBER:
            return forms.FloatField(**told, min_value=0)
        case FieldType.MOMENT if field.many:
            return LinesField(forms.DateTimeField(), **told)
        case FieldType.MOMENT:
            return forms.DateTimeField(**told, widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"))
        case FieldType.CHOICE:
            named = [(key, said(words)) for key, words in field.choices.items()]
            if field.many:
                return forms.MultipleChoiceField(**told, choices=named, widget=forms.CheckboxSelectMultiple)
            return forms.ChoiceField(**told, choices=[("", ""), *named])
        case FieldType.YES_NO:
            return forms.BooleanField(label=told["label"], required=False)
        case FieldType.FILE if field.many:
            return FilesField(**told)
        case FieldType.FILE:
            return EvidenceFile(**told)
        case FieldType.ORGANIZATION if field.many:
            offices = choices.organizations(name, field)
            return forms.ModelMultipleChoiceField(offices, **told, widget=forms.CheckboxSelectMultiple)
        case FieldType.ORGANIZATION:
            return forms.ModelChoiceField(choices.organizations(name, field), **told)
        case FieldType.PERSON if field.many:
            told |= {"to_field_name": "ref", "widget": forms.CheckboxSelectMultiple}
            return forms.ModelMultipleChoiceField(choices.people(), **told)
        case FieldType.PERSON:
            return forms.ModelChoiceField(choices.people(), **told, to_field_name="ref")
    if field.many:
        return LinesField(**told)
    return forms.CharField(**told, widget=forms.Textarea({"rows": 2}), max_length=10_000)


def _engine_value(field: Field, value: Any) -> Any:
    if value is None or value == "":
        return None
    return tuple(_one(field, one) for one in value) if field.many else _one(field, value)


def _one(field: Field, value: Any) -> Any:
    match field.type:
        case FieldType.MOMENT:
            return to_ms(value) if isinstance(value, datetime) else value
        case FieldType.FILE:
            return keep(value.chunks())
        case FieldType.ORGANIZATION:
            return party(value)
        case FieldType.PERSON:
            return value.ref
        case FieldType.NUMBER:
            return int(value) if float(value).is_integer() else value
    return value

"""Set the choices of form fields when the form is built, with the types that `form.fields` does not give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.choices import _ChoicesInput


def set_choices(form: forms.BaseForm, name: str, choices: _ChoicesInput) -> None:
    """Set the choices of a field. Raise TypeError if the field has none."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"field {name} of {type(form).__name__} has no choices")
    field.choices = choices


def set_queryset(form: forms.BaseForm, name: str, queryset: QuerySet[Any]) -> None:
    """Set the rows that a field offers. Raise TypeError if the field offers none."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"field {name} of {type(form).__name__} offers no rows")
    field.queryset = queryset

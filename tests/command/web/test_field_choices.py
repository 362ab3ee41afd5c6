"""Choices are set on fields that have them, and on no others."""

import pytest
from django import forms

from fanzha.command.organizations.models import Organization
from fanzha.command.web.field_choices import set_choices, set_queryset


class _Form(forms.Form):
    kind = forms.ChoiceField()
    kinds = forms.MultipleChoiceField()
    organization = forms.ModelChoiceField(Organization.objects.all())
    name = forms.CharField()


def test_the_choices_set_are_the_valid_ones() -> None:
    form = _Form()
    set_choices(form, "kind", [("a", "A")])
    set_choices(form, "kinds", [("a", "A"), ("b", "B")])
    assert form.fields["kind"].clean("a") == "a" and form.fields["kinds"].clean(["a", "b"]) == ["a", "b"]
    with pytest.raises(forms.ValidationError):
        form.fields["kind"].clean("b")


def test_the_rows_of_another_form_stay() -> None:
    form, queryset = _Form(), Organization.objects.filter(kind="bank")
    set_queryset(form, "organization", queryset)
    assert _condition(form) == str(queryset.query) != _condition(_Form())


def _condition(form: _Form) -> str:
    field = form.fields["organization"]
    assert isinstance(field, forms.ModelChoiceField) and field.queryset is not None
    return str(field.queryset.query)


def test_a_field_without_choices_is_refused() -> None:
    with pytest.raises(TypeError, match="name of _Form has no choices"):
        set_choices(_Form(), "name", [])
    with pytest.raises(TypeError, match="kind of _Form offers no rows"):
        set_queryset(_Form(), "kind", Organization.objects.none())

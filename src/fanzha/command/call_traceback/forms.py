"""Forms of tracebacks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.command.call_traceback.links import OPERATORS
from fanzha.command.call_traceback.models import CustomerClass, TrunkPartyKind
from fanzha.command.call_traceback.presenters import PURPOSES
from fanzha.command.call_traceback.schemas import TracebackIn
from fanzha.command.call_traceback.trunks import TrunkPartyDraft
from fanzha.command.organizations.selectors import active_organizations

_SECONDS = "%Y-%m-%dT%H:%M:%S"


class TracebackForm(forms.Form):
    """A call to trace."""

    called = forms.CharField(label=_("Called number"), min_length=3, max_length=40)
    calling = forms.CharField(
        label=_("Calling number"), max_length=120, required=False, help_text=_("Leave empty if it was withheld.")
    )
    called_at = forms.DateTimeField(
        label=_("Time of the call"),
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}, _SECONDS),
        help_text=_("By the clock of the record, in the time zone of your organisation."),
    )
    clock_offset_ms = forms.IntegerField(
        label=_("Clock ahead of UTC by (ms)"),
        required=False,
        min_value=-3_600_000,
        max_value=3_600_000,
        help_text=_("Negative if the clock is behind."),
    )
    duration_s = forms.FloatField(label=_("Duration (s)"), required=False, min_value=0, max_value=604_800)
    trunk = forms.CharField(
        label=_("Ingress trunk"),
        required=False,
        max_length=64,
        help_text=_("Only needed if the call is not in the call records."),
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=list(PURPOSES.items()))
    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Stays here; other operators see the purpose alone."),
    )

    def to_body(self) -> TracebackIn:
        """Return what was filled in."""
        values = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return TracebackIn(**values)


class NumbersPurposeForm(forms.Form):
    """Why the numbers are disclosed."""

    purpose = forms.CharField(label=_("Why you need the numbers"), min_length=4, max_length=200)


class TrunkPartyForm(forms.Form):
    """Who hands calls over at a trunk."""

    trunk = forms.CharField(label=_("Ingress trunk"), max_length=64)
    kind = forms.ChoiceField(label=_("Who is behind it"), choices=TrunkPartyKind.choices)
    operator = forms.ChoiceField(label=_("Operator"), required=False)
    name = forms.CharField(
        label=_("Name of the foreign operator or of the gateway"),
        required=False,
        max_length=120,
        help_text=_("Do not enter the name of a customer."),
    )
    country = forms.RegexField(
        "^[A-Z]{2}$",
        label=_("Country of the foreign operator"),
        required=False,
        help_text=_("Two letters, such as SG."),
    )
    customer_class = forms.ChoiceField(
        label=_("Class of customer"), required=False, choices=[("", "–"), *CustomerClass.choices]
    )
    since = forms.DateTimeField(
        label=_("Since"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}, _SECONDS),
        help_text=_("Leave empty for now."),
    )

    def __init__(self, *args: Any, owner: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = active_organizations().filter(kind__in=OPERATORS).exclude(pk=owner)
        self.fields["operator"].choices = [("", "–"), *((row.ref, row.name) for row in rows)]  # type: ignore[attr-defined]

    def to_draft(self) -> TrunkPartyDraft:
        """Return what was filled in."""
        values = dict(self.cleaned_data)
        operator = active_organizations().filter(ref=values.pop("operator")).first()
        return TrunkPartyDraft(operator=operator, **values | {"kind": TrunkPartyKind(values["kind"])})


class LinkForm(forms.Form):
    """How another operator's site is reached and known."""

    url = forms.CharField(
        label=_("Address that it gave you"),
        required=False,
        max_length=400,
        help_text=_("Its site shows it on the page of its link to you."),
    )
    secret_file = forms.CharField(
        label=_("File with the key of its API"),
        required=False,
        max_length=80,
        help_text=_("A file in keys/tracebacks/REFERENCE/ of this site; REFERENCE is that of your organisation."),
    )
    their_keys = forms.CharField(
        label=_("Its public keys"), required=False, max_length=1_000, widget=forms.Textarea({"rows": 2})
    )
    answers_alone = forms.BooleanField(
        label=_("The system answers what the records say clearly"), required=False, initial=True
    )
    is_active = forms.BooleanField(label=_("Ask it and take its questions"), required=False, initial=True)


class PartnerForm(forms.Form):
    """An operator to link to."""

    partner = forms.ChoiceField(label=_("Operator"))

    def __init__(self, *args: Any, owner: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = active_organizations().filter(kind__in=OPERATORS).exclude(pk=owner)
        self.fields["partner"].choices = [(row.ref, row.name) for row in rows]  # type: ignore[attr-defined]

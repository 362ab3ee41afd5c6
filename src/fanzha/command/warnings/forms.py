"""Forms of wordings, trials and choices about calls from abroad."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from fanzha.command.warnings.models import ChoiceChannel, ChoiceKind, TrialMeasure, Wording, WordingState
from fanzha.command.warnings.services import LONGEST
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("the field begins with no version; the form offers those of the viewer's organisation")


class WordingForm(forms.Form):
    """A new version in both languages. It is checked while it is written."""

    zh = forms.CharField(label=_("Chinese"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    en = forms.CharField(label=_("English"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    why = forms.CharField(label=_("What changes, and why"), max_length=200, required=False)


class TrialForm(forms.Form):
    """What a trial compares, declared before it begins."""

    wordings = forms.ModelMultipleChoiceField(
        label=_("Versions"), queryset=_UNSCOPED.rows(Wording).none(), widget=forms.CheckboxSelectMultiple
    )
    measure = forms.ChoiceField(label=_("Measure"), choices=TrialMeasure.choices)
    plan = forms.CharField(
        label=_("What is expected"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Written down before the first person is warned, so that the result is not explained afterwards."),
    )
    until = forms.DateTimeField(
        label=_("Runs until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args: Any, fraud_type: str, channel: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        approved: QuerySet[Wording] = Wording.objects.filter(
            fraud_type=fraud_type, channel=channel, state=WordingState.APPROVED
        )
        self.fields["wordings"].queryset = approved.order_by("number")  # type: ignore[attr-defined]


class OverseasLookupForm(forms.Form):
    """The number whose choice is looked up."""

    asked = forms.CharField(label=_("Number"), max_length=40)


class OverseasForm(forms.Form):
    """What a subscriber asks for at a counter or by phone."""

    number = forms.CharField(label=_("Number"), max_length=40)
    kind = forms.ChoiceField(label=_("Choice"), choices=ChoiceKind.choices)
    channel = forms.ChoiceField(
        label=_("Asked by"),
        choices=[(one.value, one.label) for one in (ChoiceChannel.SHOP, ChoiceChannel.HOTLINE, ChoiceChannel.APP)],
    )
    exceptions = forms.CharField(
        label=_("Foreign numbers that are let through"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, with + and the country code. The number of a call from abroad is not proven."),
    )
    proven = forms.BooleanField(label=_("The holder's identity was checked"))

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not most:
            del self.fields["exceptions"]

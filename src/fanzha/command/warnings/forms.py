"""Forms of wordings and of trials."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from fanzha.command.warnings.models import TrialMeasure, Wording, WordingState
from fanzha.command.warnings.services import LONGEST


class WordingForm(forms.Form):
    """A new version in both languages. It is checked while it is written."""

    zh = forms.CharField(label=_("Chinese"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    en = forms.CharField(label=_("English"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    why = forms.CharField(label=_("What changes, and why"), max_length=200, required=False)


class TrialForm(forms.Form):
    """What a trial compares, declared before it begins."""

    wordings = forms.ModelMultipleChoiceField(
        label=_("Versions"), queryset=Wording._base_manager.none(), widget=forms.CheckboxSelectMultiple
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

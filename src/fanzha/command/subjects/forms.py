"""What people say of a subject, and the lines that they paste."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.command.flows.evidence_form import said
from fanzha.command.subjects.giving_opinions import Saying

_DAYS = (7, 30, 90, 365)


class OpinionForm(forms.Form):
    """One opinion; what is not said holds everywhere and without end."""

    level = forms.ChoiceField(label=_("What do you think of it?"))
    fraud_type = forms.ChoiceField(label=_("Kind of fraud"), required=False)
    days = forms.TypedChoiceField(label=_("Holds for days"), required=False, coerce=int, empty_value=None)
    reason = forms.CharField(
        label=_("Why? It is shown to whoever reads the opinion."),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        min_length=2,
    )

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.fields["level"].choices = [(one.value, said(LEVEL_WORDS[one])) for one in Level]  # type: ignore[attr-defined]
        kinds = [(key, said(words)) for key, words in FRAUD_TYPES.items()]
        self.fields["fraud_type"].choices = [("", _("not known")), *kinds]  # type: ignore[attr-defined]
        self.fields["days"].choices = [("", _("without end")), *((one, str(one)) for one in _DAYS)]  # type: ignore[attr-defined]

    def saying(self) -> Saying:
        """Return what is said."""
        given = self.cleaned_data
        days, reason = given["days"], given["reason"]
        return Saying(
            Level(given["level"]),
            fraud_type=given["fraud_type"],
            until=timezone.now() + timedelta(days=days) if days else None,
            reason=Words(reason, reason),
        )

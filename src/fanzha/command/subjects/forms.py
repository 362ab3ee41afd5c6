"""What people say of a subject, and with whom they share it."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.command.flows.evidence_form import said
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.viewer import Viewer
from fanzha.command.subjects.giving_opinions import Saying
from fanzha.command.subjects.sharing import Sharing

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


class ShareForm(forms.Form):
    """With whom a subject is shared, what for, until when, and what they are asked."""

    receivers = forms.ModelMultipleChoiceField(
        Organization.objects.none(),
        label=_("With whom?"),
        to_field_name="ref",
        widget=forms.SelectMultiple({"size": 6}),
    )
    purpose = forms.CharField(label=_("What for? They read it."), min_length=4, max_length=200)
    question = forms.CharField(
        label=_("A question to them"), required=False, max_length=200, widget=forms.Textarea({"rows": 2})
    )
    days = forms.TypedChoiceField(label=_("Holds for days"), required=False, coerce=int, empty_value=None)

    def __init__(self, viewer: Viewer, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        others = Organization.objects.filter(is_active=True).exclude(pk=viewer.organization)
        self.fields["receivers"].queryset = others  # type: ignore[attr-defined]
        self.fields["days"].choices = [("", _("without end")), *((one, str(one)) for one in _DAYS)]  # type: ignore[attr-defined]

    def sharing(self) -> Sharing:
        """Return what is shared how."""
        given = self.cleaned_data
        until = timezone.now() + timedelta(days=given["days"]) if given["days"] else None
        return Sharing(given["purpose"], until, given["question"])

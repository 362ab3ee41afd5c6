"""Form of a document of basis."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.command.number_signals.services import PURPOSES, BasisTerms
from fanzha.command.number_signals.signal_services import SERVICES
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.web.field_choices import set_choices, set_queryset
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Kind


class BasisForm(forms.Form):
    """What a document allows: the bank, services, the legal basis, its end and the quota."""

    client = forms.ModelChoiceField(label=_("Bank"), queryset=active_organizations())
    services = forms.MultipleChoiceField(label=_("Services"), widget=forms.CheckboxSelectMultiple)
    document = forms.CharField(
        label=_("Document of basis"), max_length=120, help_text=_("Title and number of the agreement or decision.")
    )
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=20, initial="ATF18", help_text=_("Such as ATF18."))
    until = forms.DateTimeField(
        label=_("Valid until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    quota_per_day = forms.IntegerField(label=_("Questions a day"), min_value=1, max_value=10_000_000, initial=10_000)
    certificate = forms.CharField(
        label=_("Client certificate (SHA-256)"),
        max_length=95,
        required=False,
        help_text=_("Leave it empty if the bank shows no certificate of its own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_queryset(self, "client", active_organizations().filter(kind=Kind.BANK))
        choices = [(service.name, localize(service.title)) for service in SERVICES.values()]
        set_choices(self, "services", choices)

    def terms(self) -> BasisTerms:
        """Return the terms of a valid form."""
        return BasisTerms(**self.cleaned_data, purpose=PURPOSES[0])

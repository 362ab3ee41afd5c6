"""Forms of approvals for other countries."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.command.foreign_sharing.services import ApprovalTerms
from fanzha.command.organizations.selectors import partner_organizations
from fanzha.command.processes.services import EvidenceFileField
from fanzha.command.web.field_choices import set_choices, set_queryset
from fanzha.command.web.i18n import localize
from fanzha.share.foreign_items import FOREIGN_KIND_WORDS

_MOMENT = {"type": "datetime-local"}


class ForeignApprovalForm(forms.Form):
    """What an approval of the competent authority says, with its document."""

    partner = forms.ModelChoiceField(
        label=_("Partner abroad"), queryset=partner_organizations().none(), to_field_name="ref"
    )
    number = forms.CharField(label=_("Number of the approval"), min_length=2, max_length=80)
    authority = forms.CharField(label=_("Authority that approved"), min_length=2, max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"),
        min_length=4,
        max_length=200,
        help_text=_("The partner reads a collection only if it was let read it for the same purpose, word by word."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What may leave"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Telephone numbers, accounts, devices, people and hashes of them never leave."),
    )
    valid_from = forms.DateTimeField(label=_("Valid from"), widget=forms.DateTimeInput(_MOMENT, "%Y-%m-%dT%H:%M"))
    valid_until = forms.DateTimeField(label=_("Valid until"), widget=forms.DateTimeInput(_MOMENT, "%Y-%m-%dT%H:%M"))
    document = EvidenceFileField(label=_("Document of the approval"), help_text=_("At most 10 MB."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = partner_organizations().exclude(country="").order_by("name_en")
        set_queryset(self, "partner", partners)
        choices = [(kind.value, localize(words)) for kind, words in FOREIGN_KIND_WORDS.items()]
        set_choices(self, "kinds", choices)

    def to_terms(self) -> ApprovalTerms:
        """Return the terms of a valid form."""
        values = dict(self.cleaned_data)
        document = values.pop("document")
        return ApprovalTerms(**values, document=document.read(), document_name=document.name)


class ReasonForm(forms.Form):
    """Why an approval is refused or withdrawn."""

    reason = forms.CharField(label=_("Reason"), min_length=4, max_length=300)

"""Forms of the desk: find a notice, record its delivery, and take an appeal in for the person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.command.notices.appeal_entry import LONGEST_STATEMENT
from fanzha.command.notices.deliveries import Attempt
from fanzha.command.notices.models import DeliveryOutcome, DeliveryRoute

#: What an identity is checked by. The number of a document is never asked for.
CHECKS = {
    "identity_card": _("Identity card seen, face compared"),
    "passport": _("Passport or permit seen, face compared"),
    "service_password": _("Service password of the number"),
    "licence": _("Business licence and letter of authority seen"),
    "agent": _("Agent: both identity documents and the authority seen"),
}
#: What a desk records of a delivery: route and outcome.
DESK_RESULTS = {
    "shop": (DeliveryRoute.SHOP, DeliveryOutcome.HANDED_OVER, _("Handed over in a shop")),
    "hotline": (DeliveryRoute.HOTLINE, DeliveryOutcome.READ_OUT, _("Read out by the hotline")),
    "letter_sent": (DeliveryRoute.LETTER, DeliveryOutcome.SENT, _("Letter sent")),
    "letter": (DeliveryRoute.LETTER, DeliveryOutcome.RECEIVED, _("Letter received, with its receipt")),
    "no_answer": (DeliveryRoute.HOTLINE, DeliveryOutcome.FAILED, _("Called, nobody answered")),
}
#: Results for which the identity of the person was checked.
_IN_PERSON = ("shop", "hotline")


class FindForm(forms.Form):
    """Which notice somebody comes with, and why a number is looked up."""

    query = forms.CharField(
        label=_("Notice code, number or account"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        min_length=4,
        max_length=200,
        help_text=_("Recorded in the log. Without a notice code it is needed."),
    )


class DeliveryForm(forms.Form):
    """How a notice was delivered, and by what the identity was checked."""

    result = forms.ChoiceField(
        label=_("What was done"), choices=[(name, words) for name, (_r, _o, words) in DESK_RESULTS.items()]
    )
    checked = forms.ChoiceField(
        label=_("Identity checked by"),
        choices=[("", "–"), *CHECKS.items()],
        required=False,
        help_text=_("Write no number of a document anywhere."),
    )
    note = forms.CharField(
        label=_("Proof or note"),
        max_length=200,
        required=False,
        help_text=_("Such as: signed slip 12 of today, call recorded, postal receipt."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the check of the identity where somebody was met."""
        data = super().clean() or self.cleaned_data
        if data.get("result") in _IN_PERSON and not data.get("checked"):
            self.add_error("checked", _("Say by what the identity was checked."))
        if data.get("result") == "letter" and not data.get("note"):
            self.add_error("note", _("Name the receipt of the letter."))
        return data

    def to_attempt(self) -> Attempt:
        """Return the attempt that was recorded."""
        route, outcome, _words = DESK_RESULTS[self.cleaned_data["result"]]
        return Attempt("", route, outcome, self.cleaned_data["checked"], self.cleaned_data["note"])


class PictureInput(forms.ClearableFileInput):
    """An input for several pictures."""

    allow_multiple_selected = True


class DeskAppealForm(forms.Form):
    """The appeal of a person in a shop or on the phone, entered by a clerk."""

    channel = forms.ChoiceField(
        label=_("Where"), choices=(("shop", _("Shop")), ("hotline", _("Hotline")), ("letter", _("Letter")))
    )
    checked = forms.ChoiceField(
        label=_("Identity checked by"),
        choices=[("", "–"), *CHECKS.items()],
        help_text=_("Write no number of a document anywhere."),
    )
    text = forms.CharField(
        label=_("What the person says"),
        max_length=LONGEST_STATEMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    papers = forms.FileField(
        label=_("Pictures of papers"),
        required=False,
        help_text=_("JPEG or PNG, three at most. Place, time and device are removed from them."),
        widget=PictureInput(attrs={"accept": "image/jpeg,image/png"}),
    )

"""Forms of the public pages of tags, and of the counter that gives codes."""

from django import forms
from django.utils.translation import gettext_lazy as _

KIND_CHOICES = (
    ("phone_number", _("telephone number")),
    ("website", _("website or link")),
    ("app", _("app (package name)")),
    ("account", _("account of a platform")),
)


class LookupForm(forms.Form):
    """What is looked up."""

    kind = forms.ChoiceField(label=_("What is it?"), choices=KIND_CHOICES)
    value = forms.CharField(label=_("Number, link, app or account"), max_length=400)


class DisputeForm(forms.Form):
    """The owner's objection, with the code from the counter."""

    number = forms.CharField(label=_("Your number"), max_length=40)
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Eight digits. A shop of your operator gives it to you once you proved that the number is yours."),
    )
    statement = forms.CharField(
        label=_("Why is the tag wrong?"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class DisputeCodeForm(forms.Form):
    """The number of the holder at the counter."""

    number = forms.CharField(label=_("Number"), max_length=40)
    proven = forms.BooleanField(label=_("The holder's identity was checked"))
    in_customer_system = forms.BooleanField(
        label=_("The present holder was looked up in the customer system"),
        help_text=_("Needed only where the number is not in the table “Signals of numbers”. It is logged."),
        required=False,
    )

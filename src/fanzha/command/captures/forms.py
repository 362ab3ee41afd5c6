"""Forms of looks at pages."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LookForm(forms.Form):
    """A page to look at."""

    url = forms.CharField(
        label=_("Address of the page"),
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("A sandboxed browser opens it, never yours. Nothing is typed into its forms."),
    )


class HandOnForm(forms.Form):
    """Whether people are being deceived right now."""

    victims = forms.BooleanField(label=_("People are being deceived right now"), required=False)


class CaptureEvidenceForm(forms.Form):
    """Why somebody needs the screenshots or the evidence of a look."""

    purpose = forms.CharField(
        label=_("Purpose"), min_length=4, max_length=200, help_text=_("This is recorded in the log.")
    )

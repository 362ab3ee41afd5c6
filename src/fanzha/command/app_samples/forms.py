"""Forms of app samples."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AppSampleForm(forms.Form):
    """A file of an app."""

    file = forms.FileField(label=_("App file"), help_text=_("An .apk, .xapk, .apks or .apkm file."))
    note = forms.CharField(label=_("Where it came from"), max_length=300, required=False)


class DownloadForm(forms.Form):
    """Why somebody takes a sample out."""

    purpose = forms.CharField(
        label=_("Purpose"), min_length=4, max_length=200, help_text=_("This is recorded in the log.")
    )

"""Form to submit a file for import."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """Upload of one file."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, Excel (.xlsx, .xls), JSON Lines or Parquet, also compressed (.gz). Maps: .geojson or .topojson."
        ),
    )

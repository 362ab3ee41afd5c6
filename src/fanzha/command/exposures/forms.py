"""Forms of exposures: a basis, a file, and the purpose for which numbers are shown."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.command.exposures.bases import MOST_DAYS, MOST_PEOPLE, BasisDraft, find_obstacle
from fanzha.command.exposures.models import BasisKind, ExposureBasis, SourceKind


def _moment_field(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


class ExposureBasisForm(forms.Form):
    """A basis for reading a source."""

    kind = forms.ChoiceField(label=_("What allows it"), choices=BasisKind.choices)
    document = forms.CharField(
        label=_("Document"), max_length=200, help_text=_("Law with its article, or title and number of the document.")
    )
    document_file = forms.FileField(
        label=_("File of the document"), required=False, help_text=_("Only its SHA-256 is kept. Or enter that below.")
    )
    document_sha256 = forms.CharField(label=_("SHA-256 of the document"), max_length=64, required=False)
    source = forms.CharField(
        label=_("Source"), max_length=120, help_text=_("Which resolver, or which export of texts or visits.")
    )
    source_kind = forms.ChoiceField(label=_("What the source says of people"), choices=SourceKind.choices)
    purpose = forms.CharField(label=_("Purpose"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    valid_from = _moment_field(_("Valid from"))
    valid_until = _moment_field(_("Valid until"))
    look_back_days = forms.IntegerField(
        label=_("Days to look back"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=7,
        help_text=_("Older rows are rejected."),
    )
    keep_days = forms.IntegerField(label=_("Days to keep what was found"), min_value=1, max_value=MOST_DAYS, initial=30)
    most_people = forms.IntegerField(
        label=_("Most people who may be found"), min_value=1, max_value=MOST_PEOPLE, initial=1_000
    )
    is_automatic = forms.BooleanField(
        label=_("Warn without anybody's act"), required=False,
        help_text=_("Otherwise somebody of the desk asks for the warnings of each case."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Use the digest of the file if there is one."""
        cleaned = super().clean() or self.cleaned_data
        file = cleaned.pop("document_file", None)
        if file is not None:
            hasher = sha256()
            for chunk in file.chunks():
                hasher.update(chunk)
            cleaned["document_sha256"] = hasher.hexdigest()
        cleaned["document_sha256"] = cleaned.get("document_sha256", "").strip().lower()
        return cleaned

    def draft(self) -> BasisDraft:
        """Return what a valid form says."""
        return BasisDraft(**self.cleaned_data)


class LogForm(forms.Form):
    """A file of a source, with the basis on which it is read."""

    basis = forms.ChoiceField(label=_("Basis"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV with a header, JSON Lines (also .gz) or Parquet: number or address, time, and host or text."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        rows = ExposureBasis.objects.filter(withdrawn_at=None, valid_until__gt=now)[:100]
        field = self.fields["basis"]
        field.choices = [  # type: ignore[attr-defined]
            (row.ref, f"{row.source}: {row.document}") for row in rows if find_obstacle(row, now) is None
        ]

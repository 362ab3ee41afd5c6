"""Forms of bulletins: the month of a draft, and the wording of a section in both languages."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.command.bulletins.months import read_month
from fanzha.command.bulletins.text_template import LONGEST_BODY, UnusableText, check_body
from fanzha.command.web.i18n import localize


class MonthForm(forms.Form):
    """The month of a bulletin that is to be drafted."""

    month = forms.CharField(label=_("Month"), max_length=7, help_text=_("Such as 2026-10. The month must be over."))

    def clean_month(self) -> date:
        """Return the first day of the month."""
        try:
            return read_month(self.cleaned_data["month"])
        except ValueError:
            raise forms.ValidationError(_("Give a month such as 2026-10.")) from None


class SectionForm(forms.Form):
    """The wording of one section in both languages."""

    zh = forms.CharField(
        label=_("Chinese"), max_length=LONGEST_BODY, widget=forms.Textarea({"rows": 7, "lang": "zh-Hans"})
    )
    en = forms.CharField(label=_("English"), max_length=LONGEST_BODY, widget=forms.Textarea({"rows": 7, "lang": "en"}))

    def __init__(self, section: str, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._section = section

    def clean_zh(self) -> str:
        """Refuse typed figures and unknown slots."""
        return self._checked("zh")

    def clean_en(self) -> str:
        """Refuse typed figures and unknown slots."""
        return self._checked("en")

    def _checked(self, name: str) -> str:
        body = str(self.cleaned_data[name])
        try:
            check_body(self._section, body)
        except UnusableText as unusable:
            raise forms.ValidationError(localize(unusable.words)) from None
        return body

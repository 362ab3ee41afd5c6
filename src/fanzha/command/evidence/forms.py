"""Forms to filter the log and to request a pack."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.command.evidence.entry_words import KIND_WORDS
from fanzha.command.evidence.selectors import LogFilter
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.i18n import localize

_DAY = {"type": "date"}


class LogFilterForm(forms.Form):
    """Filter form of the log. Invalid fields are ignored."""

    case = forms.CharField(label=_("case (reference)"), required=False, max_length=64)
    person = forms.CharField(label=_("by whom"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("what"), required=False)
    since = forms.DateField(label=_("from"), required=False, widget=forms.DateInput(_DAY))
    until = forms.DateField(label=_("to"), required=False, widget=forms.DateInput(_DAY))

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        kinds = [(key, localize(words)) for key, words in KIND_WORDS.items()]
        set_choices(self, "kind", [("", _("all")), *kinds])

    def to_filter(self) -> LogFilter:
        """Return the filter. Days are in the reader's time zone; the last day is included."""
        self.is_valid()
        values = self.cleaned_data
        until = values.get("until")
        return LogFilter(
            case=values.get("case", ""),
            person=values.get("person", ""),
            kind=values.get("kind", ""),
            since=_midnight(values.get("since")),
            until=_midnight(until + timedelta(days=1)) if until else None,
        )


class PackForm(forms.Form):
    """Request form of an evidence pack."""

    ref = forms.CharField(
        label=_("Reference"),
        max_length=64,
        help_text=_("The reference of a process, campaign or subject, as shown on its page."),
    )
    purpose = forms.CharField(
        label=_("Purpose"), min_length=4, max_length=200, help_text=_("This is recorded in the log and in the pack.")
    )
    personal = forms.BooleanField(label=_("include personal data that was not erased"), required=False)

    def __init__(self, may_show: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_show:
            del self.fields["personal"]


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None

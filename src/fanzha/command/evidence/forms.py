"""What people say to narrow the log, and to have a pack made."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.command.evidence.entry_words import KIND_WORDS
from fanzha.command.evidence.filters import LogFilter
from fanzha.command.web.i18n import localize

_DAY = {"type": "date"}


class LogFilterForm(forms.Form):
    """How the log is narrowed; what cannot be read narrows nothing."""

    case = forms.CharField(label=_("case (reference)"), required=False, max_length=64)
    person = forms.CharField(label=_("who"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("what"), required=False)
    since = forms.DateField(label=_("from"), required=False, widget=forms.DateInput(_DAY))
    until = forms.DateField(label=_("to"), required=False, widget=forms.DateInput(_DAY))

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        kinds = [(key, localize(words)) for key, words in KIND_WORDS.items()]
        self.fields["kind"].choices = [("", _("all")), *kinds]  # type: ignore[attr-defined]

    def narrowed(self) -> LogFilter:
        """Return what is asked for; days are those of the reader's zone, the last one included."""
        self.is_valid()
        given = self.cleaned_data
        until = given.get("until")
        return LogFilter(
            case=given.get("case", ""),
            person=given.get("person", ""),
            kind=given.get("kind", ""),
            since=_midnight(given.get("since")),
            until=_midnight(until + timedelta(days=1)) if until else None,
        )


class PackForm(forms.Form):
    """A pack somebody wants."""

    ref = forms.CharField(
        label=_("Reference"),
        max_length=64,
        help_text=_("Of a process, a campaign or a subject: it stands on its page."),
    )
    purpose = forms.CharField(
        label=_("What for?"), min_length=4, max_length=200, help_text=_("It is written to the log and into the pack.")
    )
    personal = forms.BooleanField(label=_("with the personal values that were not erased"), required=False)

    def __init__(self, may_show: bool, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        if not may_show:
            del self.fields["personal"]


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None

"""Filter form of the list of unmaskings."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_DAY = {"type": "date"}


class UnmaskingFilterForm(forms.Form):
    """Filter by person, subject, case and day. Invalid fields are ignored."""

    person = forms.CharField(label=_("who"), required=False, max_length=80)
    subject = forms.CharField(label=_("subject (reference)"), required=False, max_length=26)
    case = forms.CharField(label=_("case (reference)"), required=False, max_length=64)
    since = forms.DateField(label=_("from"), required=False, widget=forms.DateInput(_DAY))
    until = forms.DateField(label=_("to"), required=False, widget=forms.DateInput(_DAY))

    def narrowed(self) -> Q:
        """Return the filter as a condition. Days are in the reader's time zone; the last day is included."""
        self.is_valid()
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        found = Q()
        if person := given.get("person"):
            found &= Q(person__email__iexact=person) | Q(person__name__icontains=person) | Q(actor=person)
        for name in ("subject", "case"):
            found &= Q(**{name: given[name]}) if name in given else Q()
        found &= Q(at__gte=_midnight(given["since"])) if "since" in given else Q()
        return found & Q(at__lt=_midnight(given["until"] + timedelta(days=1))) if "until" in given else found


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

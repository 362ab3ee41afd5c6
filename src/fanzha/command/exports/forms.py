"""Forms to request an export and to filter unmaskings."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.command.exports.services import ExportRequest
from fanzha.command.exports.table import ExportTable, TableFilter
from fanzha.command.exports.unmasking import SHORTEST_PURPOSE
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import MAY_UNMASK
from fanzha.command.web.viewer import Viewer

_DAY = {"type": "date"}


class ExportForm(forms.Form):
    """Request form of one table: filter, purpose, and unmasked values if the viewer may see them."""

    purpose = forms.CharField(
        label=_("Purpose"),
        min_length=SHORTEST_PURPOSE,
        max_length=200,
        help_text=_("This is recorded in the log and in the file."),
    )
    case = forms.CharField(label=_("case (reference)"), required=False, max_length=64)
    kind = forms.ChoiceField(label=_("only"), required=False)
    since = forms.DateField(label=_("from"), required=False, widget=forms.DateInput(_DAY))
    until = forms.DateField(label=_("to"), required=False, widget=forms.DateInput(_DAY))
    unmasked = forms.BooleanField(
        label=_("with unmasked values (a second person must approve)"),
        required=False,
    )

    def __init__(self, table: ExportTable, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        kinds = [(name, localize(words)) for name, words in table.kinds()]
        set_choices(self, "kind", [("", _("all")), *kinds])
        if not kinds:
            del self.fields["kind"]
        if not (table.identifies and viewer.has(*MAY_UNMASK)):
            del self.fields["unmasked"]

    def to_request(self) -> ExportRequest:
        """Return the request. Days are in the reader's time zone; the last day is included."""
        values = self.cleaned_data
        until = values.get("until")
        table_filter = TableFilter(
            since=_midnight(values.get("since")),
            until=_midnight(until + timedelta(days=1)) if until else None,
            kind=values.get("kind", ""),
        )
        return ExportRequest(
            self.table.name, values["purpose"], values["case"], table_filter, values.get("unmasked", False)
        )


class UnmaskingFilterForm(forms.Form):
    """Filter by person, subject, case and day. Invalid fields are ignored."""

    person = forms.CharField(label=_("by whom"), required=False, max_length=80)
    subject = forms.CharField(label=_("subject (reference)"), required=False, max_length=26)
    case = forms.CharField(label=_("case (reference)"), required=False, max_length=64)
    since = forms.DateField(label=_("from"), required=False, widget=forms.DateInput(_DAY))
    until = forms.DateField(label=_("to"), required=False, widget=forms.DateInput(_DAY))

    def to_condition(self) -> Q:
        """Return the filter as a condition. Days are in the reader's time zone; the last day is included."""
        self.is_valid()
        values: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        condition = Q()
        if person := values.get("person"):
            condition &= Q(person__email__iexact=person) | Q(person__name__icontains=person) | Q(actor=person)
        for name in ("subject", "case"):
            condition &= Q(**{name: values[name]}) if name in values else Q()
        condition &= Q(at__gte=_midnight(values["since"])) if "since" in values else Q()
        return condition & Q(at__lt=_midnight(values["until"] + timedelta(days=1))) if "until" in values else condition


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None

"""Forms of statistics: the figures and organisations to show, a number from outside, a proposal to publish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fanzha.base.errors import Malformed
from fanzha.command.statistics.definitions import list_key_figures, load_outside_numbers
from fanzha.command.statistics.outside_values import MOST, OutsideEntry
from fanzha.command.statistics.periods import Period, last_month, month_of, parse_period, recent_months
from fanzha.command.statistics.selectors import readable_organizations
from fanzha.command.web.field_choices import set_choices
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import SUPERVISORS

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.statistics.form_values import FormRow
    from fanzha.command.web.viewer import Viewer

#: Months that the form offers; other periods can be written into the address.
OFFERED_MONTHS = 18
#: Choice of all organisations that the viewer supervises.
ALL = "all"


class FigureFilterForm(forms.Form):
    """Form of the page of figures: the period, and whose figures. Invalid fields take their defaults."""

    period = forms.ChoiceField(label=_("Statistical period"), required=False)
    organization = forms.ChoiceField(label=_("organisation"), required=False)

    def __init__(self, viewer: Viewer, now: datetime, data: Any) -> None:
        given = {name: data.get(name, "") for name in ("period", "organization")}
        self.chosen = _period(given["period"], now)
        self._organizations = {row.ref: row for row in readable_organizations(viewer).order_by("kind", "name_en")}
        is_supervisor = viewer.kind in SUPERVISORS and len(self._organizations) > 1
        self._own = next(row for row in self._organizations.values() if row.pk == viewer.organization)
        known = given["organization"] in self._organizations or (given["organization"] == ALL and is_supervisor)
        self.whose = given["organization"] if known else ALL if is_supervisor else self._own.ref
        super().__init__({"period": self.chosen.key, "organization": self.whose})
        keys = dict.fromkeys([self.chosen.key, *(month.key for month in recent_months(now, OFFERED_MONTHS))])
        set_choices(self, "period", [(key, key) for key in keys])
        everybody = [(ALL, _("All that we supervise"))] if is_supervisor else []
        names = [(ref, str(row)) for ref, row in self._organizations.items()]
        set_choices(self, "organization", [*everybody, *names])

    @property
    def organizations(self) -> list[Organization]:
        """Return whose figures are shown: one organisation, or all that the viewer supervises."""
        if self.whose == ALL:
            return [row for row in self._organizations.values() if row.pk != self._own.pk]
        return [self._organizations[self.whose]]

    @property
    def query(self) -> dict[str, str]:
        """Return the choice as fields of an address."""
        return {"period": self.chosen.key, "organization": self.whose}


class OutsideValueForm(forms.Form):
    """Form of one number from outside."""

    name = forms.ChoiceField(label=_("Outside number"))
    month = forms.ChoiceField(label=_("Calendar month"))
    value = forms.IntegerField(label=_("Value"), min_value=0, max_value=MOST)
    source = forms.CharField(label=_("Source of the number"), max_length=200)

    def __init__(self, now: datetime, *args: Any) -> None:
        super().__init__(*args)
        numbers = load_outside_numbers().values()
        set_choices(self, "name", [(number.name, localize(number.title)) for number in numbers])
        months = recent_months(now, OFFERED_MONTHS)
        set_choices(self, "month", [(month.key, month.key) for month in months])

    def to_entry(self) -> OutsideEntry:
        """Return the number; the form must be valid."""
        return OutsideEntry(**{name: self.cleaned_data[name] for name in OutsideEntry._fields})


class ProposalForm(forms.Form):
    """Form to propose the publication of a figure of a period that is over."""

    figure = forms.ChoiceField(label=_("Figure"))
    period = forms.ChoiceField(label=_("Statistical period"))
    reason = forms.CharField(label=_("Why it should be public"), max_length=300)

    def __init__(self, now: datetime, *args: Any) -> None:
        super().__init__(*args)
        figures = [(figure.name, localize(figure.title)) for figure in list_key_figures()]
        set_choices(self, "figure", figures)
        months = recent_months(month_of(now).since, OFFERED_MONTHS)[1:]
        set_choices(self, "period", [(month.key, month.key) for month in months])


def _period(key: str, now: datetime) -> Period:
    try:
        return parse_period(key)
    except Malformed:
        return last_month(now)


class ValueForm(forms.Form):
    """Form of one value of a statutory form; without a value the machine's is taken back."""

    field = forms.ChoiceField(label=_("Field"))
    value = forms.DecimalField(label=_("Value"), required=False, max_digits=22, decimal_places=2)
    reason = forms.CharField(label=_("Where it comes from, or why it differs"), required=False, max_length=300)

    def __init__(self, rows: Sequence[FormRow], *args: Any) -> None:
        super().__init__(*args)
        names = [
            (row.field.name, " · ".join(filter(None, (localize(row.field.heading), localize(row.field.title)))))
            for row in rows
            if row.field.percent_of is None
        ]
        set_choices(self, "field", names)


class FormSheetForm(forms.Form):
    """Form of a firm's own spreadsheet."""

    sheet = forms.FileField(label=_("Your own spreadsheet (xlsx or csv)"))

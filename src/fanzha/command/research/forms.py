"""Forms of research."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.research.feature_columns import all_columns
from fanzha.command.research.models import ModelTransport, ResearchAgreement
from fanzha.command.research.services import AgreementDraft, ModelDraft, read_model_file
from fanzha.command.research.table_services import DIMENSION_TITLES, MEASURE_TITLES, TableDraft
from fanzha.command.web.i18n import localize
from fanzha.kinds import all_kinds

_DAY = forms.DateInput(attrs={"type": "date"})
_PHONE = "phone_number"


def end_of(day: date) -> datetime:
    """Return the end of a day in the current zone."""
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of subjects with their titles."""
    return [(name, localize(kind.title)) for name, kind in all_kinds().items()]


class AgreementForm(forms.Form):
    """An agreement to record."""

    partner = forms.ChoiceField(label=_("Partner"))
    number = forms.CharField(label=_("Number of the agreement"), min_length=2, max_length=80)
    document = forms.CharField(label=_("Name of the document"), min_length=2, max_length=200)
    document_sha256 = forms.CharField(
        label=_("SHA-256 of the signed document"),
        min_length=64,
        max_length=64,
        help_text=_("Of the signed file that your organisation keeps; sha256sum prints it."),
    )
    purpose = forms.CharField(label=_("Purpose"), min_length=4, max_length=300)
    valid_until = forms.DateField(label=_("Valid until"), widget=_DAY)
    allows_models = forms.BooleanField(label=_("Models of the partner may run beside ours"), required=False)
    allows_tables = forms.BooleanField(label=_("Tables of counts may leave"), required=False)
    least_cell = forms.IntegerField(
        label=_("Withhold cells below"),
        required=False,
        min_value=3,
        max_value=1_000,
        help_text=_("Leave empty for the value of this site; it cannot be lower."),
    )
    table_budget = forms.IntegerField(label=_("Tables in all"), initial=20, min_value=1, max_value=1_000)

    def __init__(self, *args: Any, owner: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = active_organizations().exclude(pk=owner)
        self.fields["partner"].choices = [(row.ref, row.name) for row in rows]  # type: ignore[attr-defined]

    def to_draft(self) -> AgreementDraft:
        """Return what was filled in."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "partner"}
        values |= {"valid_until": end_of(values["valid_until"]), "least_cell": values["least_cell"] or 0}
        return AgreementDraft(**values)


class PartnerModelForm(forms.Form):
    """A model to submit."""

    agreement = forms.ChoiceField(label=_("Research agreement"))
    name = forms.CharField(label=_("Name of the model"), max_length=80)
    version = forms.CharField(label=_("Version"), max_length=40)
    licence = forms.CharField(label=_("Licence"), max_length=120)
    kind = forms.ChoiceField(label=_("What it scores"), initial=_PHONE)
    transport = forms.ChoiceField(label=_("How it is asked"), choices=ModelTransport.choices)
    file = forms.FileField(label=_("ONNX file"), required=False)
    url = forms.CharField(
        label=_("Address of the endpoint"),
        required=False,
        max_length=300,
        help_text=_("Only addresses that the operator of this site lists are asked."),
    )
    sha256 = forms.CharField(
        label=_("SHA-256 of the container image"), required=False, max_length=64, help_text=_("Not for an ONNX file.")
    )
    features = forms.MultipleChoiceField(
        label=_("Columns that it takes, in this order"), widget=forms.CheckboxSelectMultiple
    )
    valid_until = forms.DateField(label=_("Valid until"), widget=_DAY)

    def __init__(self, *args: Any, agreements: list[ResearchAgreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [(row.ref, f"{row.number} · {row.owner.name} / {row.partner.name}") for row in agreements]
        self.fields["agreement"].choices = chosen  # type: ignore[attr-defined]
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        columns = [(column.name, f"{column.name}: {localize(column.title)}") for column in all_columns()]
        self.fields["features"].choices = columns  # type: ignore[attr-defined]

    def to_draft(self) -> ModelDraft:
        """Return what was filled in; the columns are in the published order."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("agreement", "file")}
        chosen = set(values["features"])
        values["features"] = tuple(column.name for column in all_columns() if column.name in chosen)
        values["valid_until"] = end_of(values["valid_until"])
        return ModelDraft(**values, body=read_model_file(self.cleaned_data["file"]))


class TableForm(forms.Form):
    """A table to ask for."""

    agreement = forms.ChoiceField(label=_("Research agreement"))
    kind = forms.ChoiceField(label=_("What is counted"), initial=_PHONE)
    measure = forms.ChoiceField(label=_("Figure of the table"))
    dimensions = forms.MultipleChoiceField(
        label=_("By"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Three at most.")
    )
    first = forms.CharField(label=_("First month"), max_length=7, help_text=_("Such as 2026-03."))
    last = forms.CharField(label=_("Last month"), max_length=7)
    purpose = forms.CharField(label=_("Purpose"), min_length=4, max_length=300)

    def __init__(self, *args: Any, agreements: list[ResearchAgreement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [(row.ref, f"{row.number} · {row.owner.name} / {row.partner.name}") for row in agreements]
        self.fields["agreement"].choices = chosen  # type: ignore[attr-defined]
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]
        measures = [(name, localize(title)) for name, title in MEASURE_TITLES.items()]
        self.fields["measure"].choices = measures  # type: ignore[attr-defined]
        dimensions = [(name, localize(title)) for name, title in DIMENSION_TITLES.items()]
        self.fields["dimensions"].choices = dimensions  # type: ignore[attr-defined]

    def to_draft(self) -> TableDraft:
        """Return what was filled in."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "agreement"}
        return TableDraft(**values | {"dimensions": tuple(values["dimensions"])})


class ResearchDecisionForm(forms.Form):
    """Why a model is approved or rejected."""

    note = forms.CharField(label=_("Reason"), required=False, max_length=300)

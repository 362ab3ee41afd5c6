"""Forms of events, built from the evidence fields of the process definition; files go to the evidence store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanzha.base.clock import span_ms, to_ms
from fanzha.base.words import Words
from fanzha.command.organizations.selectors import active_organizations, permanent_members
from fanzha.command.processes.evidence_file import EvidenceFileField
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.uploads import store_upload
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Kind, kind_in_table
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import EvidenceField, FieldType
from fanzha.processes.process import Process
from fanzha.processes.roles import role_table

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person


_MOMENT = "%Y-%m-%dT%H:%M"


class FormChoices:
    """The organisations and people that one viewer can choose on the forms of one process."""

    def __init__(self, process: Process, viewer: Viewer, *, chooses_only_one: bool = True) -> None:
        """Set the process and the viewer; `chooses_only_one` chooses the only possible organisation or person."""
        self.process, self.viewer, self.chooses_only_one = process, viewer, chooses_only_one
        self._asked = {event.opens_legs for event in process.events.values()}
        self._forwarded = {event.forwards_to for event in process.legs.events.values()} if process.legs else set()

    def organizations(self, name: str, field: EvidenceField) -> QuerySet[Organization]:
        """Return the organisations that a field accepts: possible receivers of legs, or other organisations.

        An organisation can send a leg to itself, but cannot forward a leg to itself.
        """
        if name in self._asked | self._forwarded and self.process.legs:
            queryset = organizations_of_kinds(field.of or self.process.legs.receivers)
        else:
            queryset = organizations_of_kinds(field.of or role_table().kinds)
        return queryset if name in self._asked else queryset.exclude(pk=self.viewer.organization)

    def people(self) -> QuerySet[Person]:
        """Return the active members of the viewer's organisation."""
        return permanent_members(self.viewer.organization).filter(is_active=True)


def organizations_of_kinds(names: Iterable[str]) -> QuerySet[Organization]:
    """Return active organisations of kinds or groups of the role table."""
    kinds = {kind for name in names for kind in role_table().kinds_of(name)}
    condition = Q(kind__in=kinds)
    if "national_regulator" in kinds:
        condition |= Q(kind=Kind.REGULATOR, province="")
    if "provincial_regulator" in kinds:
        condition |= Q(kind=Kind.REGULATOR) & ~Q(province="")
    return active_organizations().filter(condition)


class MultipleFileInput(forms.FileInput):
    """A file input that accepts several files."""

    allow_multiple_selected = True


class FilesField(EvidenceFileField):
    """Several evidence files; the cleaned value is a list, empty if no file was chosen."""

    widget = MultipleFileInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return the files; raise ValidationError for one that is empty, or for none where some are needed."""
        files = [super(FilesField, self).clean(file, initial) for file in data or [None]]
        return [file for file in files if file]


class MultiLineField(forms.CharField):
    """Many values, one per line; the cleaned value is a list without duplicates."""

    def __init__(self, line_field: forms.Field | None = None, **kwargs: Any) -> None:
        """`line_field` cleans each line; lines are texts if it is None."""
        super().__init__(**{"help_text": gettext_lazy("One per line"), **kwargs}, widget=forms.Textarea({"rows": 6}))
        self.line_field = line_field

    def clean(self, value: Any) -> list[Any]:
        """Return the values; raise ValidationError for a line that is none."""
        values = unique_lines(str(super().clean(value)).splitlines())
        return [self.line_field.clean(line) if self.line_field else line for line in values]


def unique_lines(texts: Iterable[str]) -> Iterable[str]:
    """Return the non-empty lines without duplicates, in order."""
    return dict.fromkeys(line.strip() for line in texts if line.strip())


class EvidenceForm(forms.Form):
    """Built by `build_evidence_form`; `evidence()` returns what the engine reads."""

    evidence_fields: Mapping[str, EvidenceField] = {}
    viewer: Viewer

    def evidence(self) -> dict[str, Any]:
        """Store the files as uploads of the viewer and return the evidence; empty fields are left out.

        Raise UploadQuotaExceeded.
        """
        values = {
            name: _to_engine(field, self.cleaned_data.get(name), self.viewer)
            for name, field in self.evidence_fields.items()
        }
        return {name: value for name, value in values.items() if value not in (None, "", ())}

    def add_refusal(self, faults: Mapping[str, Words]) -> None:
        """Show the engine's refusal beside the fields."""
        for name, words in faults.items():
            self.add_error(name if name in self.fields else None, localize(words))


def may_give(field: EvidenceField, viewer: Viewer) -> bool:
    """Return whether people of the viewer's kind of organisation may fill in a field; never for drawn fields."""
    if field.drawn:
        return False
    kind = kind_in_table(viewer.kind, viewer.province)
    return not field.only_by or kind in role_table().kinds_of(field.only_by)


def build_evidence_form(
    evidence_fields: Mapping[str, EvidenceField], choices: FormChoices, base: type[EvidenceForm] = EvidenceForm
) -> type[EvidenceForm]:
    """Return a form class, derived from `base`, with the given evidence fields and choices."""
    form_fields = {name: _form_field(name, field, choices) for name, field in evidence_fields.items()}
    return type("EventForm", (base,), {**form_fields, "evidence_fields": evidence_fields, "viewer": choices.viewer})


def build_step_form(
    process: Process,
    evidence_fields: Mapping[str, EvidenceField],
    viewer: Viewer,
    name: str,
    initial: Mapping[str, Any],
) -> EvidenceForm:
    """Return an empty form of a step for a page with several forms: `name` begins the ids of its fields."""
    form_class = build_evidence_form(evidence_fields, FormChoices(process, viewer))
    return form_class(initial=dict(initial), auto_id=f"{name}_%s")


class UnitInput(forms.NumberInput):
    """A number input with its unit behind it; the unit describes the input to screen readers."""

    def __init__(self, unit: str) -> None:
        """`unit` is the localized unit, as 元."""
        super().__init__({"inputmode": "decimal"})
        self.unit = unit

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Return the input and its unit."""
        ident = f"{(attrs or {}).get('id', name)}_unit"
        described = " ".join(filter(None, (str((attrs or {}).get("aria-describedby", "")), ident)))
        rendered = super().render(name, value, {**(attrs or {}), "aria-describedby": described}, renderer)
        return format_html('<span class="with-unit">{} <span id="{}">{}</span></span>', rendered, ident, self.unit)


#: Fields that hold the number of a case or a document: its form is checked while it is typed.
CASE_NUMBER_FIELDS = frozenset({"case_number"})
_CASE_NUMBER = r"(?=.*[0-9])[0-9A-Za-z\u4e00-\u9fff\-\/()\[\]（）〔〕]{6,40}"


class CaseNumberField(forms.CharField):
    """The number of a case: 6 to 40 letters, digits, Chinese characters and brackets without spaces, with a digit."""

    def __init__(self, **kwargs: Any) -> None:
        """The browser checks the same pattern while typing."""
        pattern, words = _CASE_NUMBER, _("6 to 40 letters, digits, characters and brackets, without spaces")
        check = RegexValidator(f"^{pattern}$", words)
        attrs = {"pattern": pattern, "title": words, "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__(**kwargs, max_length=40, help_text=words, validators=[check], widget=forms.TextInput(attrs))


def done_now(fields: Mapping[str, EvidenceField]) -> dict[str, datetime]:
    """Return the initial values of a report on what was done: each past moment that must be given is now."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    return {
        name: now
        for name, field in fields.items()
        if field.type is FieldType.MOMENT and field.required and not field.within and not field.many
    }


def _form_field(name: str, field: EvidenceField, choices: FormChoices) -> forms.Field:
    made = _new_form_field(name, field, choices)
    if isinstance(made, forms.ModelChoiceField) and made.required and choices.chooses_only_one:
        only = list(made.queryset[:2]) if made.queryset is not None else []
        value = getattr(only[0], made.to_field_name or "pk") if len(only) == 1 else None
        made.initial = [value] if field.many and value is not None else value
    elif type(made) is forms.ChoiceField and made.required and len(field.choices) == 1:
        made.initial = next(iter(field.choices))
    return made


def _moment_bounds(field: EvidenceField) -> dict[str, str]:
    """Return the attributes of the input of a moment; one that lies ahead has bounds, which the engine checks too."""
    bounds = {"type": "datetime-local"}
    if field.within:
        now = timezone.localtime().replace(second=0, microsecond=0)
        bounds |= {"min": now.strftime(_MOMENT)}
        bounds |= {"max": (now + timedelta(milliseconds=span_ms(field.within))).strftime(_MOMENT)}
    return bounds


def _new_form_field(name: str, field: EvidenceField, choices: FormChoices) -> forms.Field:
    unit = localize(Words(field.unit.zh, field.unit.en)) if field.unit else ""
    has_input = field.type is FieldType.NUMBER and not field.many
    options: dict[str, Any] = {"label": localize(field.title), "required": field.required}
    options["label"] += f" ({unit})" if unit and not has_input else ""
    match field.type:
        case FieldType.NUMBER if field.many:
            return MultiLineField(forms.FloatField(min_value=0), **options)
        case FieldType.NUMBER:
            return forms.FloatField(**options, min_value=0, widget=UnitInput(unit) if unit else forms.NumberInput)
        case FieldType.TEXT if name in CASE_NUMBER_FIELDS and not field.many:
            return CaseNumberField(**options)
        case FieldType.MOMENT if field.many:
            return MultiLineField(forms.DateTimeField(), **options)
        case FieldType.MOMENT:
            return forms.DateTimeField(**options, widget=forms.DateTimeInput(_moment_bounds(field), _MOMENT))
        case FieldType.SUBJECT if not field.many:
            mode = {"inputmode": "tel"} if field.kind == "phone_number" else {}
            return forms.CharField(**options, max_length=10_000, widget=forms.TextInput(mode))
        case FieldType.CHOICE:
            choice_titles = [(key, localize(words)) for key, words in field.choices.items()]
            if field.many:
                return forms.MultipleChoiceField(**options, choices=choice_titles, widget=forms.CheckboxSelectMultiple)
            return forms.ChoiceField(**options, choices=[("", ""), *choice_titles])
        case FieldType.YES_NO:
            return forms.BooleanField(label=options["label"], required=False)
        case FieldType.FILE if field.many:
            return FilesField(**options)
        case FieldType.FILE:
            return EvidenceFileField(**options)
        case FieldType.ORGANIZATION if field.many:
            offices = choices.organizations(name, field)
            return forms.ModelMultipleChoiceField(offices, **options, widget=forms.CheckboxSelectMultiple)
        case FieldType.ORGANIZATION:
            return forms.ModelChoiceField(choices.organizations(name, field), **options)
        case FieldType.PERSON if field.many:
            options |= {"to_field_name": "ref", "widget": forms.CheckboxSelectMultiple}
            return forms.ModelMultipleChoiceField(choices.people(), **options)
        case FieldType.PERSON:
            return forms.ModelChoiceField(choices.people(), **options, to_field_name="ref")
    if field.many:
        return MultiLineField(**options)
    return forms.CharField(**options, widget=forms.Textarea({"rows": 2}), max_length=10_000)


def _to_engine(field: EvidenceField, value: Any, viewer: Viewer) -> Any:
    if value is None or value == "":
        return None
    if field.many:
        return tuple(_to_engine_value(field, item, viewer) for item in value)
    return _to_engine_value(field, value, viewer)


def _to_engine_value(field: EvidenceField, value: Any, viewer: Viewer) -> Any:
    match field.type:
        case FieldType.MOMENT:
            return to_ms(value) if isinstance(value, datetime) else value
        case FieldType.FILE:
            return store_upload(value, viewer)
        case FieldType.ORGANIZATION:
            return to_party(value)
        case FieldType.PERSON:
            return value.ref
        case FieldType.NUMBER:
            return int(value) if float(value).is_integer() else value
    return value

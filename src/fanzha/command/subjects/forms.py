"""Forms of a subject's page: opinion, share, and proposal for the allowlist; and the filter of the list."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.command.imports.selectors import INGRESS_WORDS
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.subjects.allowlist import AllowlistProposal
from fanzha.command.subjects.opinions import OpinionDraft
from fanzha.command.subjects.selectors import SUBJECT_SORTS
from fanzha.command.subjects.shares import ShareDraft
from fanzha.command.web.field_choices import set_choices, set_queryset
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import ROW_COLUMNS, ListOptionsForm
from fanzha.command.web.viewer import Viewer
from fanzha.kinds import all_kinds
from fanzha.processes.refusal import Refusal

_DAYS = (7, 30, 90, 365)


class SubjectFilterForm(ListOptionsForm):
    """Form of the filter of the latest subjects; invalid fields are ignored."""

    kind = forms.ChoiceField(label=_("kind of subject"), required=False)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        kinds = [(name, localize(kind.title)) for name, kind in all_kinds().items()]
        set_choices(self, "kind", [("", _("all")), *kinds])
        self.add_options(SUBJECT_SORTS, ROW_COLUMNS)

    @property
    def kind_name(self) -> str:
        """Return the chosen kind, "" for all."""
        self.is_valid()
        return str(self.cleaned_data.get("kind") or "")


class OpinionForm(forms.Form):
    """Form of an opinion; empty fields mean everywhere and without end."""

    level = forms.ChoiceField(label=_("Your opinion"))
    fraud_type = forms.ChoiceField(label=_("Kind of fraud"), required=False)
    days = forms.TypedChoiceField(label=_("Valid for (days)"), required=False, coerce=int, empty_value=None)
    reason = forms.CharField(
        label=_("Reason (shown to everybody who can read the opinion)"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        min_length=2,
    )

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        set_choices(self, "level", [(level.value, localize(LEVEL_WORDS[level])) for level in Level])
        kinds = [(key, localize(words)) for key, words in FRAUD_TYPES.items()]
        set_choices(self, "fraud_type", [("", _("unknown")), *kinds])
        set_choices(self, "days", [("", _("no end date")), *((days, str(days)) for days in _DAYS)])

    def to_draft(self) -> OpinionDraft:
        """Return the opinion for the service."""
        values = self.cleaned_data
        days, reason = values["days"], values["reason"]
        return OpinionDraft(
            Level(values["level"]),
            fraud_type=values["fraud_type"],
            until=timezone.now() + timedelta(days=days) if days else None,
            reason=Words(reason, reason),
        )


class ShareForm(forms.Form):
    """A share: receivers, purpose, end and question."""

    receivers = forms.ModelMultipleChoiceField(
        active_organizations().none(),
        label=_("Share with"),
        to_field_name="ref",
        widget=forms.SelectMultiple({"size": 6}),
    )
    purpose = forms.CharField(label=_("Purpose (shown to them)"), min_length=4, max_length=200)
    question = forms.CharField(
        label=_("Your question"), required=False, max_length=200, widget=forms.Textarea({"rows": 2})
    )
    days = forms.TypedChoiceField(label=_("Valid for (days)"), required=False, coerce=int, empty_value=None)

    def __init__(self, viewer: Viewer, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        other_organizations = active_organizations().exclude(pk=viewer.organization)
        set_queryset(self, "receivers", other_organizations)
        set_choices(self, "days", [("", _("no end date")), *((days, str(days)) for days in _DAYS)])

    def to_draft(self) -> ShareDraft:
        """Return the share for the service."""
        values = self.cleaned_data
        until = timezone.now() + timedelta(days=values["days"]) if values["days"] else None
        return ShareDraft(values["purpose"], until, values["question"])


_TRUNK = "trunk"
#: Form field of each table column.
_FIELDS = {"number": None, "origin_kind": "ingress", "origin": "trunk"}


class AllowlistForm(forms.Form):
    """Form of an allowlist proposal: the origin of genuine calls of the number, its owner, the proof and the end."""

    ingress = forms.ChoiceField(
        label=_("Where do its genuine calls enter the network?"),
    )
    trunk = forms.CharField(label=_("Trunk"), required=False, max_length=64)
    owner = forms.CharField(label=_("Who owns the number?"), max_length=200)
    proof = forms.CharField(
        label=_("How was this proven?"),
        max_length=400,
        help_text=_("For example a licence, a contract or a check on a certain date."),
    )
    until = forms.DateField(
        label=_("On the allowlist until (day included)"),
        widget=forms.DateInput({"type": "date"}),
        validators=[MaxValueValidator(date(2099, 12, 30))],
    )

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        origins = [(key, localize(words)) for key, words in INGRESS_WORDS.items()]
        set_choices(self, "ingress", [(_TRUNK, _("by the trunk named below")), *origins])

    def to_proposal(self) -> AllowlistProposal:
        """Return the proposal for the service; days are in the reader's time zone."""
        values = self.cleaned_data
        by_trunk = values["ingress"] == _TRUNK
        end = timezone.make_aware(datetime.combine(values["until"] + timedelta(days=1), time.min))
        origin = values["trunk"] if by_trunk else values["ingress"]
        return AllowlistProposal(_TRUNK if by_trunk else "ingress", origin, values["owner"], values["proof"], end)

    def refuse(self, refused: Refusal) -> None:
        """Show the refusal beside the fields."""
        for column, words in refused.fields.items():
            self.add_error(_FIELDS.get(column, column), localize(words))
        if not refused.fields:
            self.add_error(None, localize(refused.words))

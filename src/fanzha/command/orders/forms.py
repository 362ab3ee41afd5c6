"""Forms of orders: list filter, approval, report of execution, measurement and endpoint."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fanzha.base.clock import to_ms
from fanzha.base.whole_numbers import whole_number
from fanzha.command.orders.measurements import DETAIL_FIELDS
from fanzha.command.orders.models import MeasurementKind
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.selectors import SHOW_WORDS, OrderFilter
from fanzha.command.orders.target_evidence import TargetRow
from fanzha.command.orders.targets import DRAFT_ACTIONS
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.processes.selectors import PROCESS_SORTS, load_processes
from fanzha.command.processes.services import EvidenceFileField, store_upload
from fanzha.command.web.field_choices import set_choices, set_queryset
from fanzha.command.web.i18n import localize
from fanzha.command.web.list_options import ROW_COLUMNS, ListOptionsForm
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, DisposalChannel

MAX_REASON = 10_000  # characters
_MOMENT = "%Y-%m-%dT%H:%M"


def receiver_choices(viewer: Viewer) -> Any:
    """Return the organisations that may execute an action."""
    kinds = {kind for action, _kinds in DRAFT_ACTIONS.values() for kind in ACTION_SPECS[action].by}
    return active_organizations().filter(kind__in=kinds).order_by("kind", "name_en")


class OrderFilterForm(ListOptionsForm):
    """Filter form of the list of orders. Invalid fields are ignored."""

    show = forms.ChoiceField(label=_("show"), required=False)
    state = forms.ChoiceField(label=_("state"), required=False)
    receiver = forms.ModelChoiceField(
        active_organizations().none(), label=_("receiver"), required=False, to_field_name="ref", empty_label=_("all")
    )

    def __init__(self, viewer: Viewer, *args: Any) -> None:
        super().__init__(*args)
        process = load_processes()[PROCESS]
        set_choices(self, "show", [(key, localize(words)) for key, words in SHOW_WORDS.items()])
        states = [(name, localize(state.title)) for name, state in process.states.items()]
        set_choices(self, "state", [("", _("all")), *states])
        set_queryset(self, "receiver", receiver_choices(viewer))
        self.add_options(PROCESS_SORTS, ROW_COLUMNS)

    def to_filter(self) -> OrderFilter:
        """Return the filter."""
        self.is_valid()
        receiver = self.cleaned_data.get("receiver")
        return OrderFilter(
            show=self.cleaned_data.get("show") or ("all" if self.cleaned_data.get("state") else "open"),
            state=self.cleaned_data.get("state") or "",
            receiver=receiver.ref if receiver else "",
        )


class ApprovalForm(forms.Form):
    """Form to approve the ticked targets of an order and to send the others back, with a reason."""

    approved = forms.TypedMultipleChoiceField(coerce=int, required=False)
    sent_back_reason = forms.CharField(
        label=_("Why the others are sent back"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 2}),
    )
    opinion = forms.CharField(label=_("Opinion"), max_length=MAX_REASON, widget=forms.Textarea({"rows": 2}))

    def __init__(self, rows: Sequence[TargetRow], *args: Any, may_send_back: bool = True) -> None:
        """Make a form; orders drafted by the first version of the process send no single targets back."""
        super().__init__(*args)
        self.rows, self._may_send_back = rows, may_send_back
        choices = [(row.number, row.shown) for row in rows if row.excluded is None]
        set_choices(self, "approved", choices)
        if any(row.is_doubtful for row in rows):
            self.initial.setdefault("sent_back_reason", _("There are no findings to support this."))

    def ticked(self) -> set[int]:
        """Return the numbers of the ticked targets; of a new form, those that are not in doubt."""
        if not self.is_bound:
            return {row.number for row in self.rows if not row.is_doubtful}
        submitted = self.fields["approved"].widget.value_from_datadict(self.data, self.files, "approved")
        return {number for value in submitted if (number := whole_number(value)) is not None}

    def clean(self) -> dict[str, Any]:
        """Add an error if no target is ticked, or if no reason is given for those that are not."""
        data = super().clean() or self.cleaned_data
        if "approved" in self.errors:
            return data
        if not data["approved"]:
            self.add_error("approved", _("Tick the targets you approve, or send the whole order back."))
        elif not self._may_send_back:
            if not {row.number for row in self.rows if row.excluded is None} <= set(data["approved"]):
                self.add_error("approved", _("Tick all targets of this older order, or send the whole order back."))
        elif self.sent_back() and not data.get("sent_back_reason"):
            self.add_error("sent_back_reason", _("Say why you are sending back the targets that are not ticked."))
        return data

    def sent_back(self) -> tuple[int, ...]:
        """Return the numbers of the targets that are not ticked."""
        approved = set(self.cleaned_data["approved"])
        return tuple(sorted(row.number for row in self.rows if row.number not in approved))

    def to_evidence(self) -> dict[str, Any]:
        """Return the evidence of the approving event; reasons are left out if nothing is sent back."""
        evidence: dict[str, Any] = {"opinion": self.cleaned_data["opinion"]}
        if self._may_send_back and (sent_back := self.sent_back()):
            evidence |= {"sent_back": sent_back, "sent_back_reason": self.cleaned_data["sent_back_reason"]}
        return evidence


class DoneForm(forms.Form):
    """Form to report a leg as executed or lifted: a result, and a proof as a file or as pasted text.

    With `needs_proof`, as the process asks for it, one of the two must be given.
    """

    result = forms.CharField(label=_("Result"), max_length=2_000, required=False)
    pasted = forms.CharField(
        label=_("Proof, pasted"), required=False, max_length=200_000, widget=forms.Textarea({"rows": 3})
    )
    proof = EvidenceFileField(label=_("Proof, as a file"), required=False)

    def __init__(self, *args: Any, needs_proof: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._needs_proof = needs_proof

    def clean(self) -> dict[str, Any]:
        """Add an error if the process asks for a proof and none was given."""
        data = super().clean() or self.cleaned_data
        if self._needs_proof and not data.get("proof") and not data.get("pasted"):
            self.add_error("proof", _("Attach the proof as a file, or paste it."))
        return data

    def to_evidence(self, event: str, viewer: Viewer) -> dict[str, Any]:
        """Return the evidence of the event `report_executed` or `report_lifted`, as of now.

        The proof is stored as an upload of the viewer. Raise UploadQuotaExceeded.
        """
        moment = {"report_executed": "executed_at", "report_lifted": "lifted_at"}[event]
        evidence: dict[str, Any] = {
            moment: to_ms(timezone.now()),
            "result": self.cleaned_data["result"] or str(_("done")),
        }
        file, pasted = self.cleaned_data.get("proof"), self.cleaned_data.get("pasted") or ""
        if event == "report_executed" and (file or pasted):
            evidence["proof"] = store_upload(file or pasted.encode(), viewer)
        elif pasted:
            evidence["result"] = f"{evidence['result']}\n{pasted}"[:10_000]
        return evidence


class MeasurementForm(forms.Form):
    """Form of a measurement: a test call or a site probe."""

    kind = forms.ChoiceField(
        label=_("What"),
        choices=[(MeasurementKind.TEST_CALL, _("test call")), (MeasurementKind.SITE_PROBE, _("website check"))],
    )
    value = forms.CharField(label=_("Calling number or website"), max_length=500)
    at = forms.DateTimeField(
        label=_("When"), required=False, widget=forms.DateTimeInput({"type": "datetime-local"}, _MOMENT)
    )
    arrived = forms.BooleanField(label=_("The call arrived"), required=False)
    received_caller = forms.CharField(label=_("Number shown"), required=False, max_length=40)
    route = forms.CharField(label=_("Route"), required=False, max_length=80)
    place = forms.CharField(label=_("Checked from"), required=False, max_length=80)
    status = forms.IntegerField(label=_("HTTP status (0: no answer)"), required=False, min_value=0, max_value=599)
    location = forms.CharField(label=_("Redirected to"), required=False, max_length=500)

    def clean_status(self) -> int:
        """Return the HTTP status, 0 if none was entered."""
        return self.cleaned_data["status"] or 0

    def details(self) -> dict[str, Any]:
        """Return the details of the chosen kind."""
        return {name: self.cleaned_data[name] for name in DETAIL_FIELDS[MeasurementKind(self.cleaned_data["kind"])]}


class EndpointForm(forms.Form):
    """Form of an endpoint, by which orders reach an organisation."""

    channel = forms.ChoiceField(label=_("Channel"))
    address = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=400,
        help_text=_("https:// address for requests, a mailbox for mails, or #csv for CSV files"),
    )
    their_keys = forms.CharField(
        label=_("Your public keys"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("whpk_…, used to verify your answers. You can enter several while you change keys"),
    )
    secret_file = forms.CharField(
        label=_("Name of a shared secret"),
        required=False,
        max_length=80,
        help_text=_(
            "Instead of keys: a file orders-REFERENCE-… in keys/ of the state folder, with the reference of your "
            "organisation in small letters; never the secret itself."
        ),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, channels: list[DisposalChannel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "channel", [(channel.name, localize(channel.title)) for channel in channels])

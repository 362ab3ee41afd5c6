"""The draft of an order: its fields, read from the form or the API and converted to stored evidence.

`forms.DraftForm` and `schemas.DraftIn` call each field as `OrderDraft` does; only targets and receivers differ, because
a form carries chosen subjects and the API references. `order.yaml` defines the evidence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.orders.impact import Impact
from fanzha.command.processes.services import store_upload
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Party

if TYPE_CHECKING:
    from fanzha.command.orders.forms import DraftForm
    from fanzha.command.orders.schemas import DraftIn

MAX_DURATION = timedelta(days=365)
DEFAULT_DURATION = timedelta(days=30)
DEFAULT_SCOPE = Words("全部", "all of it")
MAX_REASON = 10_000  # characters
MAX_CAMPAIGN = 26  # characters of a reference


@dataclass(frozen=True)
class OrderDraft:
    """The input of a draft; `values` are unparsed targets, `receivers` the primary keys of organisations.

    `withholding_document` is the name (SHA-256) of a stored evidence file.
    """

    target_kind: str
    action: str
    values: tuple[str, ...]
    reason: str
    receivers: tuple[int, ...]
    expires_at: datetime
    scope: str = ""
    campaign: str = ""
    notice_withheld_until: datetime | None = None
    withholding_document: str = ""

    @classmethod
    def from_form(cls, form: "DraftForm", viewer: Viewer) -> Self:
        """Build a draft from a valid form; an attached document is stored as an upload of the viewer.

        Raise UploadQuotaExceeded.
        """
        document = form.cleaned_data.get("withholding_document")
        return cls._from_fields(
            form.cleaned_data,
            values=form.target_values(),
            receivers=tuple(receiver.pk for receiver in form.cleaned_data["receivers"]),
            withholding_document=store_upload(document, viewer) if document else "",
        )

    @classmethod
    def from_schema(cls, body: "DraftIn", *, values: Iterable[str], receivers: Iterable[int]) -> Self:
        """Build a draft from an API request, with its targets, and its receivers as primary keys."""
        return cls._from_fields(body.dict(), values=tuple(values), receivers=tuple(receivers))

    @classmethod
    def _from_fields(cls, data: Mapping[str, Any], **converted: object) -> Self:
        """Build a draft from the values of `data` that have the name of a field, and from converted values."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names} | converted)

    def to_evidence(self, impact: Impact, campaign: str, receivers: Iterable[Party]) -> dict[str, object]:
        """Return the evidence of the drafting event of `order.yaml`, without empty optional fields; times are UTC ms.

        `impact` has the targets that are not excluded; `campaign` is "" if the viewer may not read it.
        """
        withheld_until = self.notice_withheld_until
        evidence = {
            "target_kind": self.target_kind,
            "action": self.action,
            "subjects": tuple(target.value for target in impact.targets),
            "campaign": campaign or None,
            "scope": self.scope or localize(DEFAULT_SCOPE),
            "reason": self.reason,
            "hits": impact.hits,
            "spared": len(impact.left_out),
            "expires_at": to_ms(self.expires_at),
            "receivers": tuple(receivers),
            "notice_withheld_until": to_ms(withheld_until) if withheld_until else None,
            "withholding_document": self.withholding_document or None,
        }
        return {name: value for name, value in evidence.items() if value is not None}

"""What the pages show of an approval."""

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from fanzha.command.foreign_sharing.models import ApprovalState, ForeignApproval
from fanzha.command.foreign_sharing.selectors import CONFIRMERS, ENTERERS, WITHDRAWERS
from fanzha.command.web.components import Badge, ListRow, Tone
from fanzha.command.web.i18n import localize, localize_text
from fanzha.command.web.viewer import Viewer
from fanzha.share.foreign_items import FOREIGN_KIND_WORDS, ForeignKind


class ApprovalView(NamedTuple):
    """An approval with its state in words, and what the viewer may do with it now."""

    approval: ForeignApproval
    badge: Badge
    kinds: list[str]
    may_decide: bool
    waits_for_another: bool
    may_withdraw: bool
    may_make_key: bool


def present_approval(approval: ForeignApproval, viewer: Viewer, at: datetime) -> ApprovalView:
    """Return what the page of an approval shows to a viewer."""
    state = approval.state_at(at)
    is_own_entry = approval.entered_by_id == viewer.person
    is_waiting = state is ApprovalState.WAITING
    return ApprovalView(
        approval,
        present_state(state),
        present_kinds(approval.kinds),
        may_decide=is_waiting and viewer.has(*CONFIRMERS) and not is_own_entry,
        waits_for_another=is_waiting and is_own_entry,
        may_withdraw=viewer.has(*WITHDRAWERS)
        and state in (ApprovalState.WAITING, ApprovalState.FUTURE, ApprovalState.IN_FORCE),
        may_make_key=viewer.has(*ENTERERS) and state is ApprovalState.IN_FORCE and bool(approval.partner.country),
    )


def present_row(approval: ForeignApproval, at: datetime) -> ListRow:
    """Return the row of an approval in the list."""
    return ListRow(
        title=approval.number,
        href=reverse("foreign_approval", args=[approval.ref]),
        summary=_("%(partner)s (%(country)s): %(purpose)s")
        % {
            "partner": approval.partner.name,
            "country": approval.partner.country,
            "purpose": localize_text(approval.purpose),
        },
        badges=(present_state(approval.state_at(at)),),
        at=approval.entered_at,
        meta=(localize_text(approval.authority), _(", ").join(present_kinds(approval.kinds))),
    )


def present_state(state: ApprovalState) -> Badge:
    """Return the badge of a state."""
    match state:
        case ApprovalState.WAITING:
            return Badge(_("waits for a second person"), "clock", Tone.WARN)
        case ApprovalState.REFUSED:
            return Badge(_("not confirmed"), "cross")
        case ApprovalState.WITHDRAWN:
            return Badge(_("withdrawn"), "cross")
        case ApprovalState.FUTURE:
            return Badge(_("begins later"), "clock")
        case ApprovalState.IN_FORCE:
            return Badge(_("in force"), "check", Tone.ACCENT)
        case ApprovalState.EXPIRED:
            return Badge(_("expired"), "clock")


def present_kinds(kinds: list[str]) -> list[str]:
    """Return kinds in the reader's language."""
    return [localize(FOREIGN_KIND_WORDS[ForeignKind(kind)]) for kind in kinds]

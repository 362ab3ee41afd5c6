"""Prepare documents of basis for their page."""

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.number_signals.signal_services import SERVICES
from fanzha.command.web.components import Badge, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.processes.legal_basis import legal_basis_words


class BasisRow(NamedTuple):
    """One basis on the page, and which buttons its viewer has."""

    basis: SignalBasis
    badge: Badge
    services: str
    legal_basis: str
    may_approve: bool
    may_end: bool


def present_basis(basis: SignalBasis, viewer: Viewer, now: datetime) -> BasisRow:
    """Return a basis as the page shows it. Select its people and organisations with it."""
    is_own = basis.owner_id == viewer.organization
    is_open = basis.ended_at is None and basis.until > now
    words = legal_basis_words(basis.legal_basis)
    return BasisRow(
        basis=basis,
        badge=basis_badge(basis, now),
        services=_(", ").join(localize(SERVICES[name].title) for name in basis.services if name in SERVICES),
        legal_basis=localize(words) if words else basis.legal_basis,
        may_approve=is_own and is_open and basis.approved_at is None and basis.recorded_by_id != viewer.person,
        may_end=is_own and is_open,
    )


def basis_badge(basis: SignalBasis, now: datetime) -> Badge:
    """Return the state of a basis as a badge."""
    if basis.ended_at is not None:
        return Badge(_("ended"))
    if basis.until <= now:
        return Badge(_("expired"), "clock")
    if basis.approved_at is None:
        return Badge(_("waits for approval"), "clock", Tone.WARN)
    if basis.paused_until is not None and basis.paused_until > now:
        return Badge(_("paused: budget used up"), "alert", Tone.HARM)
    return Badge(_("in force"), "check", Tone.ACCENT)

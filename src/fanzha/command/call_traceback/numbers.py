"""Mask and disclose the numbers of a traced call."""

from __future__ import annotations

from fanzha.base.errors import Malformed
from fanzha.base.masking import mask_numbers
from fanzha.command.call_traceback.models import Traceback, TracebackHop
from fanzha.command.organizations.services import Candidate, DisclosurePool, DisclosureRequest, record_disclosure
from fanzha.command.web.viewer import Viewer
from fanzha.kinds.phone_number import KIND as PHONE_NUMBER


def mask_number(value: str) -> str:
    """Return a number with its middle hidden."""
    try:
        return PHONE_NUMBER.mask(PHONE_NUMBER.normalise(value))
    except Malformed:
        return f"{value[:1]}•••" if value else ""


def mask_caller(value: str) -> str:
    """Return a calling number, or what stood in its place, with its middle hidden."""
    return mask_number(value) if any(sign.isdigit() for sign in value) else mask_numbers(value)


def disclose_numbers(row: Traceback, hops: list[TracebackHop], viewer: Viewer, purpose: str) -> dict[int, str]:
    """Record that somebody reads the numbers of a call; return the other calling numbers by hop.

    Raise DisclosureRefused above the budget.
    """
    changed = {hop.number: hop.caller for hop in hops if hop.caller_changed and hop.caller}
    values = [value for value in (row.called, row.calling, *changed.values()) if value]
    candidates = [Candidate(PHONE_NUMBER.name, value) for value in dict.fromkeys(values)]
    request = DisclosureRequest("traceback", DisclosurePool.UNMASKED, candidates, purpose, about=row.ref)
    record_disclosure(viewer, request)
    return changed

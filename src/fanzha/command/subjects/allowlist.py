"""Propose a subject's number for the allowlist: an import of one row that a second person approves or withdraws."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from fanzha.base.clock import from_ms, iso, to_ms
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.claims.allowlist import AllowlistEntry
from fanzha.command.audit.services import recorded
from fanzha.command.imports.selectors import allowlist_rows_to_approve, get_import, origin_words
from fanzha.command.imports.services import (
    ALLOWLIST,
    InvalidCell,
    SubmittedImport,
    ingest_import,
    parse_entry,
    submit_file,
)
from fanzha.command.organizations.selectors import get_actor, get_organization
from fanzha.command.processes.selectors import role_table_kind, to_actor
from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import DECIDERS, Role
from fanzha.command.web.viewer import Viewer
from fanzha.kinds.phone_number import Validity, classify
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table
from fanzha.store.allowlist import load_allowlist_by_number

if TYPE_CHECKING:
    from fanzha.command.imports.models import SparedRow
    from fanzha.command.organizations.models import Organization

logger = logging.getLogger(__name__)

PROPOSED = "spare_proposed"
PROPOSERS = (*DECIDERS, Role.CLERK, Role.ADMINISTRATOR)
_KIND = "phone_number"
_MAX_PROPOSALS = 20
_NO_ALLOWLIST = Words("本单位没有维护免扰名单的权限", "Your organisation does not keep an allowlist")
_NOT_A_NUMBER = Words("只有电话号码可以列入免扰名单", "Only a telephone number can be on the allowlist")
_INVALID_PROPOSAL = Words("不能申请列入免扰名单", "This cannot be proposed")


class AllowlistProposal(NamedTuple):
    """A proposed allowlist entry: origin of genuine calls (`trunk` or `ingress`, and which), owner and proof."""

    origin_kind: str
    origin: str
    owner: str
    proof: str
    until: datetime


class ActiveEntry(NamedTuple):
    """An allowlist entry in force now; `until` is None if it has no end."""

    owner: str
    origin: Words
    until: datetime | None


class AllowlistStatus(NamedTuple):
    """The allowlist entries in force for a number, and the own organisation's proposals that wait for approval.

    `is_broken`: the manual list cannot be read, so the active entries are unknown.
    """

    active: Sequence[ActiveEntry]
    waiting: Sequence[SparedRow]
    is_broken: bool = False


def may_propose(subject: Subject, viewer: Viewer, owner: Organization) -> bool:
    """Return whether a viewer may propose a subject for the allowlist."""
    return _is_phone_number(subject) and viewer.has(*PROPOSERS) and _maintains_allowlist(owner)


def propose_entry(subject: Subject, proposal: AllowlistProposal, viewer: Viewer, at: datetime) -> SubmittedImport:
    """Propose a number for the allowlist; repeating a proposal changes nothing. Raise Refusal."""
    owner = get_organization(viewer.organization)
    if not _is_phone_number(subject):
        raise Refusal(Reason.STATE, _NOT_A_NUMBER)
    if not _maintains_allowlist(owner):
        raise Refusal(Reason.ROLE, _NO_ALLOWLIST)
    cells = _csv_cells(subject, proposal)
    entry = parse_entry(cells, at)
    if isinstance(entry, InvalidCell):
        raise Refusal(Reason.EVIDENCE, _INVALID_PROPOSAL, fields={entry.column: entry.why})
    actor = to_actor(viewer)
    with recorded() as log:
        submitted = submit_file(owner, ALLOWLIST.name, f"{subject.ref}.csv", [_csv_file(cells)], get_actor(viewer))
        if submitted.is_new:
            facts = {"import": submitted.job.ref}
            log.add(Draft(PROPOSED, to_ms(at), actor.person, actor.organization, about=subject.ref, facts=facts))
    if submitted.is_new:
        ingest_import(submitted.job.pk)
    return SubmittedImport(get_import(submitted.job.pk), submitted.is_new)


def allowlist_status(subject: Subject, at: datetime) -> AllowlistStatus:
    """Return the allowlist status of a subject; only phone numbers can be listed."""
    if subject.kind != _KIND:
        return AllowlistStatus((), ())
    try:
        entries, is_broken = load_allowlist_by_number().get(subject.value, ()), False
    except UsageError as error:
        logger.warning("the spared list cannot be read: %s", error)
        entries, is_broken = (), True
    active = [_active_entry(entry) for entry in entries if entry.holds(to_ms(at))]
    waiting = list(allowlist_rows_to_approve(subject.value, at)[:_MAX_PROPOSALS])
    return AllowlistStatus(active, waiting, is_broken)


def _is_phone_number(subject: Subject) -> bool:
    """Return whether the value is a complete phone number; a pseudonym is none."""
    return subject.kind == _KIND and classify(subject.value).valid is not Validity.NO


def _active_entry(entry: AllowlistEntry) -> ActiveEntry:
    return ActiveEntry(
        entry.owner,
        origin_words(entry.origin_kind, entry.origin),
        None if entry.until is None else from_ms(entry.until),
    )


def _maintains_allowlist(owner: Organization) -> bool:
    return any(role_table_kind(owner) in role_table().kinds_of(name) for name in ALLOWLIST.owners)


def _csv_cells(subject: Subject, proposal: AllowlistProposal) -> dict[str, str]:
    texts = {name: " ".join(value.split()) for name, value in proposal._asdict().items() if isinstance(value, str)}
    return {**texts, "number": subject.value, "until": iso(to_ms(proposal.until))}


def _csv_file(cells: dict[str, str]) -> bytes:
    text = io.StringIO()
    names = [column.name for column in ALLOWLIST.columns]
    lines = csv.writer(text)
    lines.writerows([names, [cells[name] for name in names]])
    return text.getvalue().encode()

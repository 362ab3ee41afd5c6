"""Propose that the number of a subject is spared: an import of one row, with its second person, list and way back."""

import csv
import io
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from fanzha.base.clock import from_ms, iso, to_ms
from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.claims.allowlist import AllowlistEntry
from fanzha.command.audit.recording import recorded
from fanzha.command.imports.ingest import carry_in
from fanzha.command.imports.models import ImportJob, ImportState, SparedRow
from fanzha.command.imports.origin_words import origin_words
from fanzha.command.imports.services import HandedIn, hand_in
from fanzha.command.imports.tables.allowlist import SPARED, Fault, understood
from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.viewing import who_is
from fanzha.command.processes.parties import role_table_kind, to_actor
from fanzha.command.subjects.models import Subject
from fanzha.command.web.roles import DECIDERS, Role
from fanzha.command.web.viewer import Viewer
from fanzha.kinds.phone_number import Validity, classify
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table
from fanzha.store.spared import spared_by_number

log = logging.getLogger(__name__)

PROPOSED = "spare_proposed"
PROPOSERS = (*DECIDERS, Role.CLERK, Role.ADMINISTRATOR)
_KIND = "phone_number"
_MOST = 20
_NOT_YOURS = Words("本单位不维护免扰名单", "your organisation keeps no spared numbers")
_NO_NUMBER = Words("只有电话号码可以免扰", "only a telephone number can be spared")
_NOT_THUS = Words("不能提出免扰", "This cannot be proposed")


class Sparing(NamedTuple):
    """What is proposed: the origin that proves the number (`trunk` or `ingress`, and which), whose it is, the proof."""

    origin_kind: str
    origin: str
    owner: str
    proof: str
    until: datetime


class Held(NamedTuple):
    """What stands on the spared list and holds now; `until` is None without end."""

    owner: str
    origin: Words
    until: datetime | None


class SparedShown(NamedTuple):
    """What holds of a number on the spared list, and which proposals of one's own wait for a second person.

    `is_broken`: the list that is kept by hand cannot be read, and nobody knows what holds.
    """

    held: Sequence[Held]
    waiting: Sequence[SparedRow]
    is_broken: bool = False


def may_propose(subject: Subject, viewer: Viewer, owner: Organization) -> bool:
    """Return whether a viewer may propose that a subject is spared."""
    return _is_number(subject) and viewer.has(*PROPOSERS) and _keeps_the_list(owner)


def propose(subject: Subject, sparing: Sparing, viewer: Viewer, at: datetime) -> HandedIn:
    """Propose that a number is spared once a second person agrees; the same again is the same. Raises Refusal."""
    owner = Organization.objects.get(pk=viewer.organization)
    if not _is_number(subject):
        raise Refusal(Reason.STATE, _NO_NUMBER)
    if not _keeps_the_list(owner):
        raise Refusal(Reason.ROLE, _NOT_YOURS)
    cells = _cells(subject, sparing)
    found = understood(cells, at)
    if isinstance(found, Fault):
        raise Refusal(Reason.EVIDENCE, _NOT_THUS, fields={found.column: found.why})
    actor = to_actor(viewer)
    with recorded() as entries:
        handed = hand_in(owner, SPARED.name, f"{subject.ref}.csv", [_table(cells)], who_is(viewer))
        if handed.is_new:
            facts = {"import": handed.job.ref}
            entries.add(Draft(PROPOSED, to_ms(at), actor.person, actor.organization, about=subject.ref, facts=facts))
    if handed.is_new:
        carry_in(handed.job.pk)
    return HandedIn(ImportJob.objects.select_related("owner").get(pk=handed.job.pk), handed.is_new)


def spared_of(subject: Subject, at: datetime) -> SparedShown:
    """Return how a subject stands on the spared list; only numbers stand there."""
    if subject.kind != _KIND:
        return SparedShown((), ())
    try:
        listed, is_broken = spared_by_number().get(subject.value, ()), False
    except WrongCall as wrong:
        log.warning("the spared list cannot be read: %s", wrong)
        listed, is_broken = (), True
    held = [_held(one) for one in listed if one.holds(to_ms(at))]
    rows = SparedRow.objects.filter(number=subject.value, job__state=ImportState.PROPOSED, until__gt=at)
    return SparedShown(held, list(rows.select_related("job__made_by").order_by("-pk")[:_MOST]), is_broken)


def _is_number(subject: Subject) -> bool:
    """Return whether it is a whole number: where data came with pseudonyms it is none."""
    return subject.kind == _KIND and classify(subject.value).valid is not Validity.NO


def _held(one: AllowlistEntry) -> Held:
    return Held(one.owner, origin_words(one.origin_kind, one.origin), None if one.until is None else from_ms(one.until))


def _keeps_the_list(owner: Organization) -> bool:
    return any(role_table_kind(owner) in role_table().kinds_of(name) for name in SPARED.owners)


def _cells(subject: Subject, sparing: Sparing) -> dict[str, str]:
    said = {name: " ".join(told.split()) for name, told in sparing._asdict().items() if isinstance(told, str)}
    return {**said, "number": subject.value, "until": iso(to_ms(sparing.until))}


def _table(cells: dict[str, str]) -> bytes:
    text = io.StringIO()
    names = [one.name for one in SPARED.columns]
    lines = csv.writer(text)
    lines.writerows([names, [cells[name] for name in names]])
    return text.getvalue().encode()

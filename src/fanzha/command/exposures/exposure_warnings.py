"""Warn exposed people: once for each person and case, not at night, not too often, and only while it is in force.

People of the desk ask for the warnings of a case, or a basis lets them go out by themselves. They wait here, and leave
by the outbox of `fanzha deliver`. If the decision ends, warnings that have not left yet are cancelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.exposures.decided_names import find_decided_names, find_fraud_types
from fanzha.command.exposures.exposure_settings import ExposureSettings, load_exposure_settings
from fanzha.command.exposures.models import Exposure, ExposureWarning, WarningState
from fanzha.command.organizations.selectors import organizations_by_ref
from fanzha.command.processes.selectors import find_instances
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.warnings.selectors import wording_for
from fanzha.command.web.i18n import site_words
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.store.delivery_settings import load_delivery_settings
from fanzha.store.warning_outbox import OutcomeKind, OutgoingWarning, WarningOutcome, open_outbox

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("one worker warns the people of all organisations")

PREFIX = "exposure/"
_DISSUASION = "dissuasion"
_ONE_HOUR = timedelta(hours=1)
_CHUNK = 500
_OPEN = (WarningState.WAITING, WarningState.QUEUED)
_STATES = {
    OutcomeKind.SENT: WarningState.SENT,
    OutcomeKind.DELIVERED: WarningState.DELIVERED,
    OutcomeKind.FAILED: WarningState.FAILED,
    OutcomeKind.UNKNOWN: WarningState.FAILED,
    OutcomeKind.UNDELIVERED: WarningState.FAILED,
}
NO_CHANNEL = Words(
    "未配置提醒渠道（fanzha.toml 的 [deliver]）", "no channel for warnings is set up: [deliver] in fanzha.toml"
)


def request_warnings(owner: Organization, case: str, now: datetime, person: Person | None = None) -> int:
    """Have the people of a case warned who were not warned in it yet; return how many wait for it now.

    Without a person, only those are who were found on an automatic basis.
    """
    with recorded() as log:
        people = _find_people(owner, case, is_automatic=person is None)
        cancelled = [row for row in _cancelled(owner, case) if row.person in people]
        for row in cancelled:  # decided again: another warning than the cancelled one
            row.ref, row.state, row.asked_at, row.changed_at = sortable_id(), WarningState.WAITING, now, now
        fields = ["ref", "state", "asked_at", "changed_at"]
        _UNSCOPED.rows(ExposureWarning).bulk_update(cancelled, fields, batch_size=_CHUNK)
        earlier = {row.person for row in cancelled}
        _UNSCOPED.rows(ExposureWarning).bulk_create(
            [
                ExposureWarning(owner=owner, person=hashed, case=case, asked_at=now, changed_at=now)
                for hashed in people
                if hashed not in earlier
            ],
            batch_size=_CHUNK,
        )
        if people:
            actor = person.ref if person else ""
            facts = {"people": len(people)}
            log.add(Draft("exposure_warnings_asked", to_ms(now), actor, owner.ref, about=case, facts=facts))
    return len(people)


def _cancelled(owner: Organization, case: str) -> QuerySet[ExposureWarning]:
    return _UNSCOPED.rows(ExposureWarning).filter(owner=owner, case=case, state=WarningState.CANCELLED)


def _not_cancelled() -> QuerySet[ExposureWarning]:
    return _UNSCOPED.rows(ExposureWarning).exclude(state=WarningState.CANCELLED)


def _find_people(owner: Organization, case: str, *, is_automatic: bool) -> dict[str, None]:
    """Return the people (hashes) of a case whose site is still decided and who have no warning in it."""
    standing = {(entry.order, entry.name) for entry in find_decided_names(owner)}
    warned = _not_cancelled().filter(owner=owner, case=case, person=OuterRef("person"))
    rows = _UNSCOPED.rows(Exposure).filter(~Exists(warned), owner=owner, case=case, basis__withdrawn_at=None)
    if is_automatic:
        rows = rows.filter(basis__is_automatic=True)
    found = rows.order_by("pk").values_list("person", "order", "name")
    return dict.fromkeys(person for person, order, name in found if (order, name) in standing)


def warn_exposed_people(now: datetime) -> int:
    """Cancel what is decided no longer, ask for the warnings of automatic bases, and send those whose turn it is.

    Return how many were handed over for sending.
    """
    cancel_unfounded_warnings(now)
    automatic = _UNSCOPED.rows(Exposure).filter(basis__is_automatic=True, basis__withdrawn_at=None)
    owners = organizations_by_ref(automatic.order_by().values_list("owner__ref", flat=True).distinct())
    for owner in owners.values():
        for case in _find_unwarned_cases(owner, automatic):
            request_warnings(owner, case, now)
    settings = load_exposure_settings()
    if settings.is_quiet(now) or find_channel_problem() is not None:
        return 0
    waiting = _UNSCOPED.rows(ExposureWarning).filter(state=WarningState.WAITING)
    refs = waiting.order_by().values_list("owner__ref", flat=True).distinct()
    return sum(_send(owner, settings, now) for owner in organizations_by_ref(refs).values())


def _find_unwarned_cases(owner: Organization, exposures: QuerySet[Exposure]) -> list[str]:
    """Return the cases of orders in force in which somebody has no warning."""
    orders = {entry.order for entry in find_decided_names(owner)}
    warned = _not_cancelled().filter(owner=owner, case=OuterRef("case"), person=OuterRef("person"))
    rows = exposures.filter(~Exists(warned), owner=owner).order_by().values_list("case", "order").distinct()
    return list(dict.fromkeys(case for case, order in rows if order in orders))


def find_channel_problem() -> Words | None:
    """Return why no warning can be sent, None if it can."""
    return None if load_exposure_settings().channel in load_delivery_settings().channels() else NO_CHANNEL


def cancel_unfounded_warnings(now: datetime) -> int:
    """Cancel warnings that have not left and whose site is decided no longer, or whose basis was withdrawn."""
    rows = _UNSCOPED.rows(ExposureWarning).filter(state__in=_OPEN)
    refs = list(rows.order_by().values_list("owner__ref", flat=True).distinct())
    return sum(_cancel_of_owner(owner, now) for owner in organizations_by_ref(refs).values())


def _cancel_of_owner(owner: Organization, now: datetime) -> int:
    standing = {(entry.order, entry.name) for entry in find_decided_names(owner)}
    open_rows = _UNSCOPED.rows(ExposureWarning).filter(owner=owner, state__in=_OPEN)
    is_open = open_rows.filter(case=OuterRef("case"), person=OuterRef("person"))
    exposures = _UNSCOPED.rows(Exposure).filter(Exists(is_open), owner=owner, basis__withdrawn_at=None)
    founded = {
        (case, person)
        for case, person, order, name in exposures.values_list("case", "person", "order", "name")
        if (order, name) in standing
    }
    unfounded = {
        ref: state
        for ref, state, case, person in open_rows.values_list("ref", "state", "case", "person")
        if (case, person) not in founded
    }
    cancelled = _cancel_in_outbox(unfounded, now) if unfounded else []
    if not cancelled:
        return 0
    with recorded() as log:
        for start in range(0, len(cancelled), _CHUNK):
            rows = _UNSCOPED.rows(ExposureWarning).filter(ref__in=cancelled[start : start + _CHUNK])
            rows.filter(state__in=_OPEN).update(state=WarningState.CANCELLED, changed_at=now)
        facts = {"warnings": len(cancelled)}
        log.add(Draft("exposure_warnings_cancelled", to_ms(now), "", owner.ref, facts=facts))
    return len(cancelled)


def _cancel_in_outbox(states: Mapping[str, str], now: datetime) -> list[str]:
    """Cancel warnings (by refs, with their states) in the outbox; return the refs of those that are never sent.

    One that waits here may be in the outbox: a worker was killed between the two.
    """
    keys = {f"{PREFIX}{ref}": ref for ref in states}
    with open_outbox() as outbox:
        cancelled = set(outbox.cancel(keys, to_ms(now)))
        known = outbox.find_keys(keys)
    return [
        ref
        for key, ref in keys.items()
        if key in cancelled or (key not in known and states[ref] == WarningState.WAITING)
    ]


def _send(owner: Organization, settings: ExposureSettings, now: datetime) -> int:
    """Queue the due warnings of an organisation, the oldest first; one for each person."""
    rows = _UNSCOPED.rows(ExposureWarning).filter(owner=owner)
    room = settings.per_hour - rows.filter(queued_at__gt=now - _ONE_HOUR).count()
    rested = rows.filter(person=OuterRef("person"), queued_at__gt=now - timedelta(hours=settings.rest_hours))
    waiting = rows.filter(~Exists(rested), state=WarningState.WAITING).order_by("pk")[: max(0, room)]
    turn = {row.person: row for row in reversed(waiting)}
    numbers = _find_numbers(owner, turn)
    covered = _find_covered(owner, set(numbers.values()), now - timedelta(hours=settings.rest_hours))
    fraud_types = find_fraud_types({row.case for row in turn.values()})
    outgoing = []
    changed = [row for row in turn.values() if row.person in numbers]
    for row in changed:
        row.changed_at = now
        if (number := numbers[row.person]) in covered:
            row.state = WarningState.COVERED
            continue
        fraud_type = fraud_types.get(row.case, "")
        wording = wording_for(fraud_type, settings.channel, "", owner=owner)
        row.state, row.channel, row.wording = WarningState.QUEUED, settings.channel, wording.version[:80]
        row.queued_at = now
        outgoing.append(
            OutgoingWarning(
                f"{PREFIX}{row.ref}", settings.channel, number, site_words(wording.words), to_ms(now),
                to_ms(min(now + _ONE_HOUR, settings.next_quiet(now))), fraud_type, wording=wording.version,
            )
        )  # fmt: skip
    if not changed:
        return 0
    with open_outbox() as outbox:  # first: a key is sent once, however often this is repeated
        outbox.add(outgoing)
    with recorded() as log:
        fields = ["state", "channel", "wording", "queued_at", "changed_at"]
        _UNSCOPED.rows(ExposureWarning).bulk_update(changed, fields, batch_size=_CHUNK)
        facts = {"warnings": len(outgoing), "covered": len(changed) - len(outgoing)}
        log.add(Draft("exposure_warnings_queued", to_ms(now), "", owner.ref, facts=facts))
    return len(outgoing)


def _find_numbers(owner: Organization, people: Iterable[str]) -> dict[str, str]:
    """Return the numbers of people (hashes), as far as they are still kept."""
    wanted, found = sorted(people), dict[str, str]()
    for start in range(0, len(wanted), _CHUNK):
        rows = _UNSCOPED.rows(Exposure).filter(owner=owner, person__in=wanted[start : start + _CHUNK])
        found |= dict(rows.values_list("person", "number"))
    return found


def _find_covered(owner: Organization, numbers: set[str], since: datetime) -> set[str]:
    """Return the numbers of people with a dissuasion of the organisation that is open or was opened since then."""
    wanted, covered = sorted(numbers), set[str]()
    for start in range(0, len(wanted), _CHUNK):
        subjects = find_subjects(_UNSCOPED).filter(kind="phone_number", value__in=wanted[start : start + _CHUNK])
        values = dict(subjects.values_list("ref", "value"))
        rows = find_instances(_UNSCOPED).filter(process=_DISSUASION, owner=owner, about__in=list(values))
        recent = rows.filter(Q(ended_at=None) | Q(opened_at__gt=since))
        covered |= {values[ref] for ref in recent.values_list("about", flat=True)}
    return covered


def record_outcome(outcome: WarningOutcome) -> None:
    """Record the outcome of a warning; an unanswered call has failed."""
    if not outcome.key.startswith(PREFIX):
        return
    if outcome.kind is OutcomeKind.CALLED:
        is_answered = outcome.details.get("result") == "answered"
        state = WarningState.DELIVERED if is_answered else WarningState.FAILED
        problem = "" if is_answered else outcome.details.get("result", "")
    else:
        state, problem = _STATES[outcome.kind], outcome.details.get("problem", "")
    rows = _UNSCOPED.rows(ExposureWarning).filter(ref=outcome.key.removeprefix(PREFIX))
    rows.update(state=state, problem=problem[:300], changed_at=from_ms(outcome.at))

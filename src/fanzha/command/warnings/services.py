"""Write versions of a wording, decide about them as a second person, and put one in use. Each act is in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.warnings.models import Wording, WordingState
from fanzha.command.warnings.wording_rules import CHANNELS, check_wording, is_allowed
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.warn import call_scripts

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("a wording is changed by people of its organisation, whom the caller checks")

#: Kinds of organisation that warn people, and the roles that read, write and decide about wordings.
OWNERS = (Kind.CARRIER, Kind.MVNO, Kind.CENTRE, Kind.POLICE, Kind.BANK, Kind.PLATFORM)
WRITERS = (Role.ANALYST, Role.LIAISON, Role.DUTY_OFFICER)
DECIDERS = (Role.REVIEWER, Role.DUTY_OFFICER)
READERS = (*WRITERS, Role.REVIEWER, Role.EXECUTOR, Role.CLERK)
LONGEST = 2_000


def fraud_types() -> dict[str, Words]:
    """Return the fraud types that have words of their own, the general one first."""
    return {name: FRAUD_TYPES[name] for name in call_scripts()}


def write_wording(
    owner: Organization, fraud_type: str, channel: str, texts: Words, person: Person, *, why: str = ""
) -> Wording:
    """Save a new version; it is used once a second person has approved it.

    Raise Refusal for a text that breaks a rule; reading level alone bars nothing.
    """
    wrong: dict[str, Words] = {}
    if fraud_type not in fraud_types():
        wrong["fraud_type"] = Words("不是诈骗类型", "is no kind of fraud")
    if channel not in CHANNELS:
        wrong["channel"] = Words("不是渠道", "is no channel")
    else:
        breaches = check_wording(channel, texts.zh, texts.en)
        for breach in () if is_allowed(breaches) else breaches:
            if breach.is_error:
                wrong.setdefault(breach.language, breach.words)
    for language, text in texts._asdict().items():
        if len(text) > LONGEST:
            wrong[language] = Words("过长", "is too long")
    if wrong:
        raise Refusal(Reason.EVIDENCE, next(iter(wrong.values())), fields=wrong)
    with recorded() as log:
        rows = _UNSCOPED.rows(Wording).filter(owner=owner, fraud_type=fraud_type, channel=channel)
        wording = _UNSCOPED.rows(Wording).create(
            owner=owner,
            fraud_type=fraud_type,
            channel=channel,
            number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
            zh=texts.zh.strip(),
            en=texts.en.strip(),
            why=why.strip()[:200],
            made_by=person,
            made_at=timezone.now(),
        )
        log.add(_draft("wording_written", wording, person))
    return wording


def approve_wording(wording: Wording, person: Person, *, is_used: bool) -> None:
    """Approve a version as the second person, and put it in use if `is_used`. Raise Refusal."""
    _decide(wording, person, WordingState.APPROVED, is_used=is_used)


def reject_wording(wording: Wording, person: Person) -> None:
    """Reject a version as the second person. Raise Refusal."""
    _decide(wording, person, WordingState.REJECTED, is_used=False)


def use_wording(wording: Wording, person: Person) -> None:
    """Put an approved version in use, which two people had read before. Raise Refusal if it is not approved."""
    with recorded() as log:
        _replace_in_use(wording)
        if not _UNSCOPED.rows(Wording).filter(pk=wording.pk, state=WordingState.APPROVED).update(in_use=True):
            raise Refusal(Reason.STATE, Words("该版本尚未批准", "this version is not approved"))
        log.add(_draft("wording_used", wording, person))


def use_shipped_wording(wording: Wording, person: Person) -> None:
    """Take the version in use out of use: the shipped words are sent again. Raise Refusal if it is not in use."""
    with recorded() as log:
        if not _UNSCOPED.rows(Wording).filter(pk=wording.pk, in_use=True).update(in_use=False):
            raise Refusal(Reason.STATE, Words("该版本未在使用", "this version is not in use"))
        log.add(_draft("wording_dropped", wording, person))


def _decide(wording: Wording, person: Person, state: WordingState, *, is_used: bool) -> None:
    if wording.made_by_id == person.pk:
        words = Words("须由撰写人以外的人决定", "somebody other than who wrote it decides")
        raise Refusal(Reason.SAME_PERSON, words)
    with recorded() as log:
        if is_used:
            _replace_in_use(wording)
        drafts = _UNSCOPED.rows(Wording).filter(pk=wording.pk, state=WordingState.DRAFT)
        if not drafts.update(state=state, in_use=is_used, decided_by=person, decided_at=timezone.now()):
            raise Refusal(Reason.STATE, Words("该版本已有决定", "this version was decided about"))
        log.add(_draft("wording_decided", wording, person, state=state.value, used=is_used))


def _replace_in_use(wording: Wording) -> None:
    rows = _UNSCOPED.rows(Wording).filter(
        owner=wording.owner_id, fraud_type=wording.fraud_type, channel=wording.channel, in_use=True
    )
    rows.update(in_use=False)


def _draft(kind: str, wording: Wording, person: Person, **facts: object) -> Draft:
    facts = {"version": wording.version, **facts}
    return Draft(kind, to_ms(timezone.now()), person.ref, wording.owner.ref, about=wording.ref, facts=facts)

"""Subscribers ask that calls from abroad be refused or announced; the screens honour it within seconds.

A choice belongs to the holder of the number at that time: it ends when the number changes hands, and by the holder's
word at any time. Each choice and each end is an entry of the log, without the number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims.snapshot import number_key
from fanzha.claims.snapshot_format.lists import OverseasChoices
from fanzha.command.audit.services import recorded
from fanzha.command.imports.services import publish_lists
from fanzha.command.number_tags.services import find_holder_from, find_operator_signals
from fanzha.command.organizations.selectors import find_organization
from fanzha.command.warnings.models import ChoiceChannel, ChoiceEnd, ChoiceKind, OverseasChoice
from fanzha.command.warnings.overseas_settings import load_overseas_settings
from fanzha.command.web.scoping import unscoped
from fanzha.kinds.phone_number import KIND as NUMBER
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.number_signals import SignalStore
from fanzha.store.overseas_choices import write_overseas_choices
from fanzha.store.private_files import lock_folder
from fanzha.store.state_folder import state_folder
from fanzha.store.verdict_settings import load_verdict_settings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

_UNSCOPED = unscoped("the screens honour the choices of the subscribers of all operators")
_HOME = "+86"
_CONFIRMATIONS = {
    "refuse": Words(
        "已为您开通境外来电拒接：国际及港澳台来电将不再接通，紧急救助回拨除外。如非本人办理或需取消，请回复{end}或到营业厅办理。",
        "Calls from abroad to your number are refused from now on, except call-backs of emergency services. If you did "
        "not ask for this, or to end it, reply {end} or visit a shop.",
    ),
    "announce": Words(
        "已为您开通境外来电提示：国际及港澳台来电将在振铃时提示。如非本人办理或需取消，请回复{end}或到营业厅办理。",
        "Calls from abroad are announced to you from now on while the phone rings. If you did not ask for this, or to "
        "end it, reply {end} or visit a shop.",
    ),
    "end": Words(
        "已为您取消境外来电设置，国际及港澳台来电恢复正常接续。需要时可再次办理。",
        "Calls from abroad reach you again. You can ask for it anew at any time.",
    ),
    "unknown": Words(
        "未能识别您的短信。拒接境外来电请回复{refuse}，境外来电提示请回复{announce}，取消请回复{end}。",
        "Your text was not understood. Reply {refuse} to refuse calls from abroad, {announce} to have them announced, "
        "{end} to end it.",
    ),
}


class ChoiceRequest(NamedTuple):
    """What a subscriber asks for. Numbers are as they were written; `requested_at` None is now."""

    number: str
    kind: str
    channel: str
    exceptions: Sequence[str] = ()
    requested_at: datetime | None = None


class ChoiceOutcome(NamedTuple):
    """The choice in force, None if there is none, and the text that confirms it to the subscriber."""

    choice: OverseasChoice | None
    confirmation: Words


def choose(owner: Organization, request: ChoiceRequest, person: Person | None) -> ChoiceOutcome:
    """Record what a subscriber of the operator chose, in place of an earlier choice, and publish it. Raise Refusal."""
    choice = record_choice(owner, request, person)
    publish_choices()
    return ChoiceOutcome(choice, confirmation_text(choice.kind))


def record_choice(owner: Organization, request: ChoiceRequest, person: Person | None) -> OverseasChoice:
    """Record a choice without publishing it. Raise Refusal for a number that is not the operator's."""
    now = timezone.now()
    number, exceptions = _check(owner, request, now)
    holder_from = find_holder_from(NUMBER.name, number, now)
    with recorded() as log:
        active = _UNSCOPED.rows(OverseasChoice).filter(number=number, ended_at=None)
        active.update(ended_at=now, end_reason=ChoiceEnd.REPLACED, ended_by=person)
        choice = _UNSCOPED.rows(OverseasChoice).create(
            owner=owner,
            number=number,
            kind=request.kind,
            channel=request.channel,
            exceptions=exceptions,
            holder_from=from_ms(holder_from) if holder_from else None,
            requested_at=request.requested_at or now,
            made_at=now,
            made_by=person,
        )
        facts = {"kind": choice.kind, "channel": choice.channel, "exceptions": len(exceptions)}
        log.add(_draft("overseas_chosen", choice, person, facts))
    return choice


def end_choice(owner: Organization, number: str, channel: str, person: Person | None) -> ChoiceOutcome:
    """End the choice of a subscriber by the holder's word, and publish it. Raise Refusal if there is none."""
    end_choice_unpublished(owner, number, channel, person)
    publish_choices()
    return ChoiceOutcome(None, confirmation_text("end"))


def end_choice_unpublished(owner: Organization, number: str, channel: str, person: Person | None) -> None:
    """End the choice of a subscriber without publishing it. Raise Refusal if there is none."""
    choice = find_choice(owner, number)
    if choice is None:
        words = Words("该号码没有境外来电设置", "this number has no choice about calls from abroad")
        raise Refusal(Reason.STATE, words, fields={"number": words})
    _end([choice], ChoiceEnd.REVERSED, person, timezone.now(), channel=channel)


def find_choice(owner: Organization, number: str) -> OverseasChoice | None:
    """Return the choice in force for a number of the operator, also one that the operator before recorded.

    Of a number that it does not run, an operator finds what it recorded itself.
    """
    canonical = _canonical(number)
    rows = _UNSCOPED.rows(OverseasChoice).filter(number=canonical, ended_at=None)
    if not _is_own(owner, canonical):
        rows = rows.filter(owner=owner)
    return rows.select_related("owner").first()


def answer_text(owner: Organization, number: str, text: str) -> ChoiceOutcome:
    """Do what a subscriber asks for by a keyword, and return what to reply. An unknown text changes nothing."""
    settings, said = load_overseas_settings(), "".join(text.split()).casefold()
    for kind, keywords in (
        ("refuse", settings.refuse_keywords),
        ("announce", settings.announce_keywords),
        ("end", settings.end_keywords),
    ):
        if said in {"".join(keyword.split()).casefold() for keyword in keywords}:
            if kind != "end":
                return choose(owner, ChoiceRequest(number, kind, ChoiceChannel.TEXT), None)
            if find_choice(owner, number) is not None:
                return end_choice(owner, number, ChoiceChannel.TEXT, None)
            return ChoiceOutcome(None, confirmation_text("end" if _is_own(owner, _canonical(number)) else "unknown"))
    return ChoiceOutcome(find_choice(owner, number), confirmation_text("unknown"))


def confirmation_text(kind: str) -> Words:
    """Return the text that informs the subscriber of the change and how to undo it."""
    settings = load_overseas_settings()
    names = {
        "refuse": settings.refuse_keywords,
        "announce": settings.announce_keywords,
        "end": settings.end_keywords,
    }
    return _CONFIRMATIONS[kind].format(**{name: keywords[0] if keywords else "" for name, keywords in names.items()})


def end_of_former_holders(now: datetime) -> int:
    """End the choices of numbers that have another holder since; return their number."""
    signals = _signals(state_folder())
    ended = [
        choice
        for choice in _UNSCOPED.rows(OverseasChoice).filter(ended_at=None).select_related("owner").iterator(2_000)
        # what any operator states comes first, since it needs no query; only who runs the number ends the choice
        if signals.holder_from(choice.number) > to_ms(choice.requested_at)
        and find_holder_from(NUMBER.name, choice.number, now) > to_ms(choice.requested_at)
    ]
    if ended:
        _end(ended, ChoiceEnd.NEW_HOLDER, None, now)
        publish_choices()
    return len(ended)


def publish_choices() -> Words | None:
    """Write the choices in force and publish them to the screens; return a note if that is not possible."""
    folder = state_folder() / "tables"
    with lock_folder(folder):
        is_changed = write_overseas_choices(_select_active())
    return publish_lists() if is_changed else None


def republish_choices(now: datetime) -> None:
    """Publish choices that a process recorded and could not publish any more."""
    publish_choices()


def _select_active() -> OverseasChoices:
    """Return the choices in force. Those of a simulated operator count only where the screens are its own."""
    operator = find_organization(load_verdict_settings().policy.organization)
    rows = _UNSCOPED.rows(OverseasChoice).filter(ended_at=None)
    if operator is None or not operator.simulated:
        rows = rows.filter(owner__simulated=False)
    found = sorted(
        (number_key(number), kind, numbers)
        for number, kind, numbers in rows.values_list("number", "kind", "exceptions")
    )
    return OverseasChoices(
        np.array([key for key, *_rest in found], np.uint64),
        np.array([kind == ChoiceKind.ANNOUNCE for _key, kind, _numbers in found], np.bool_),
        {key: [number_key(number) for number in numbers] for key, _kind, numbers in found if numbers},
    )


def _check(owner: Organization, request: ChoiceRequest, now: datetime) -> tuple[str, list[str]]:
    """Return the canonical number and exceptions of a request. Raise Refusal."""
    wrong: dict[str, Words] = {}
    number = _canonical(request.number)
    if not number.startswith(_HOME):
        wrong["number"] = Words("不是境内电话号码", "is not a telephone number of this country")
    elif not _is_own(owner, number):
        wrong["number"] = Words("不是本企业登记的号码", "this number is not in your own table of numbers")
    if request.kind not in ChoiceKind.values:
        wrong["kind"] = Words("须为拒接或提示", "is neither to refuse nor to announce")
    if request.channel not in ChoiceChannel.values:
        wrong["channel"] = Words("不是办理渠道", "is no channel")
    if request.requested_at is not None and request.requested_at > now:
        wrong["requested_at"] = Words("不得晚于当前时间", "must not be in the future")
    exceptions: list[str] = []
    most = load_overseas_settings().most_exceptions
    if len(request.exceptions) > most:
        wrong["exceptions"] = Words(f"例外号码至多{most}个", f"at most {most} numbers can be excepted")
    else:
        for text in request.exceptions:
            exception = _canonical(text)
            if not exception.startswith("+") or exception.startswith(_HOME) or not number_key(exception):
                wrong["exceptions"] = Words(
                    "须为境外号码，以“+”和国家码开头", "write foreign numbers with + and country code"
                )
            exceptions.append(exception)
    if wrong:
        raise Refusal(Reason.EVIDENCE, next(iter(wrong.values())), fields=wrong)
    return number, sorted(set(exceptions))


def _is_own(owner: Organization, canonical: str) -> bool:
    """Return whether an operator runs a canonical number and has it in its own table."""
    return canonical.startswith(_HOME) and find_operator_signals(canonical, timezone.now(), owner.ref) is not None


def _canonical(text: str) -> str:
    """Return the canonical form of a number, "" if it is none."""
    try:
        return NUMBER.normalise(text.strip())
    except Malformed:
        return ""


def _end(
    choices: Sequence[OverseasChoice], reason: ChoiceEnd, person: Person | None, now: datetime, *, channel: str = ""
) -> None:
    with recorded() as log:
        for start in range(0, len(choices), 500):  # databases limit how many values a query has
            keys = [choice.pk for choice in choices[start : start + 500]]
            rows = _UNSCOPED.rows(OverseasChoice).filter(pk__in=keys, ended_at=None)
            rows.update(ended_at=now, end_reason=reason, ended_by=person)
        facts: dict[str, object] = {"reason": reason.value, "channel": channel}
        log.extend(_draft("overseas_choice_ended", choice, person, facts) for choice in choices)


def _draft(kind: str, choice: OverseasChoice, person: Person | None, facts: dict[str, object]) -> Draft:
    actor = person.ref if person else ""
    return Draft(kind, to_ms(timezone.now()), actor, choice.owner.ref, about=choice.ref, facts=facts)


@cache
def _signals(folder: Path) -> SignalStore:
    return SignalStore(folder)

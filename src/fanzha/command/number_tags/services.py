"""Take tags in, check them, and let the owner of a value dispute them. What is shown to the public follows at once."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F
from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.number_tags.models import ShownTag, Tag, TagCategory, TagDispute, Tagger, TagOutcome
from fanzha.command.number_tags.tag_weights import TagVote, TagWeight, weigh_tags
from fanzha.command.web.scoping import unscoped
from fanzha.kinds import all_kinds
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.allowlist import load_allowlist_by_number
from fanzha.store.keys import load_key
from fanzha.store.number_signals import SignalStore
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person

__all__ = [
    "KINDS",
    "ShownView",
    "TagOutcome",
    "Tagging",
    "add_tag",
    "canonical_value",
    "decide_dispute",
    "dispute_tags",
    "find_tag_sources",
    "give_code",
    "look_up",
    "refresh_all",
    "refresh_shown",
    "settle_tags",
    "weigh",
]

_UNSCOPED = unscoped("tags of all organisations are weighed together")

#: Kinds that can be tagged and looked up.
KINDS = ("phone_number", "website", "app", "account")
PHONE = "phone_number"
#: A tag counts for two years at most; a half-life of 90 days has made it worthless by then.
LIFE = timedelta(days=731)
CODE_DAYS = timedelta(days=14)
#: A dispute hides tags so long at the most; undecided, they are shown again.
DISPUTE_DAYS = timedelta(days=15)
#: Wrong codes for a number after which its codes are void.
MOST_FAILURES = 10
CHUNK = 200
#: Numbers that begin alike: all but the last digit (10), all but the last two (100).
RANGE_DIGITS = (1, 2)
#: A range is named if so many of its numbers are tagged.
RANGE_NUMBERS = 3
_KEY = "number-tags"


class Tagging(NamedTuple):
    """One tag to add. `tagger` is any stable text that identifies who tags (a receipt's reporter, a key, a person).

    `block` is the tagger's address block (/24 or /48), `text` what was reported, `source` the ref of the report; each
    "" if there is none. None of them is stored as it is.
    """

    kind: str
    value: str
    category: str
    tagger: str
    block: str = ""
    text: str = ""
    source: str = ""


class ShownView(NamedTuple):
    """What the public is told of a value: the tag if it is shown, and tagged numbers of its ranges of 10 and 100."""

    kind: str
    value: str
    category: str
    voices: int
    since: datetime | None
    ranges: tuple[tuple[int, int], ...]


def canonical_value(kind: str, value: str) -> str:
    """Return the canonical form of a value of one of KINDS. Raise Malformed."""
    if kind not in KINDS or not value.strip() or len(value) > 400 or "\0" in value:
        raise Malformed("no value that can be tagged")
    canonical = all_kinds()[kind].normalise(value.strip())
    if len(canonical) > 400:
        raise Malformed("no value that can be tagged")
    return canonical


def is_public_service(kind: str, value: str) -> bool:
    """Return whether a value is a short number (110, 96110) or on the allowlist: it is never tagged."""
    if kind != PHONE:
        return False
    return not value.startswith("+") or value in load_allowlist_by_number()


def add_tag(owner: Organization, tagging: Tagging, at: datetime) -> Tag:
    """Add a tag or renew the tagger's earlier one, and bring what is shown up to date.

    Raise Malformed for a value, Refusal for a category.
    """
    if tagging.category not in TagCategory.values:
        raise Refusal(Reason.EVIDENCE, Words("不是标记类别", "is no category of tags"))
    value = canonical_value(tagging.kind, tagging.value)
    if is_public_service(tagging.kind, value):
        raise Malformed("numbers of public services are not tagged: whoever calls with them forges them")
    with recorded():
        tagger, _is_new = Tagger.objects.get_or_create(key_hash=_hash("tagger", tagging.tagger))
        refuted = _UNSCOPED.rows(Tag).filter(
            tagger=tagger, kind=tagging.kind, value=value, category=tagging.category, outcome=TagOutcome.REFUTED
        )
        if (known := refuted.first()) is not None:  # what was refuted is not said again by the same tagger
            return known
        tag, _is_new = _UNSCOPED.rows(Tag).update_or_create(
            tagger=tagger,
            kind=tagging.kind,
            value=value,
            category=tagging.category,
            defaults={
                "owner": owner,
                "block": _hash("block", tagging.block or f"of {tagging.tagger}"),
                "text": _hash("text", _plain(tagging.text)) if _plain(tagging.text) else "",
                "source": tagging.source,
                "outcome": "",
                "at": at,
            },
        )
        refresh_shown([(tagging.kind, value)], timezone.now())  # a tag may be about an earlier moment
    return tag


def settle_tags(
    kind: str, value: str, outcome: TagOutcome, at: datetime, *, actor: str = "", before: datetime | None = None
) -> int:
    """State what came of the open tags of a canonical value: each tagger's record and what is shown change.

    Return how many tags it settled. A refuted tag counts no more. `actor` is the ref of who says so. Tags
    after `before` stay open.
    """
    with recorded() as log:
        tags = _UNSCOPED.rows(Tag).filter(kind=kind, value=value, outcome="", at__lte=before or at)
        if holder_from := _signals(state_folder()).holder_from(value) if kind == PHONE else 0:
            tags = tags.filter(at__gte=from_ms(holder_from))
        taggers = list(tags.values_list("tagger", flat=True))
        Tagger.objects.filter(pk__in=taggers).update(**{outcome.value: F(outcome.value) + 1})
        settled = tags.update(outcome=outcome)
        if settled:
            facts = {"kind": kind, "tags": settled, "outcome": outcome.value}
            log.add(Draft("tags_settled", to_ms(at), actor, "", facts=facts))
        refresh_shown([(kind, value)], at)
    return settled


def find_tag_sources(refs: Iterable[str]) -> set[str]:
    """Return which of these refs of reports are the source of a tag."""
    wanted, found = sorted(set(refs)), set[str]()
    for start in range(0, len(wanted), 500):  # databases limit how many values a query has
        found.update(
            _UNSCOPED.rows(Tag).filter(source__in=wanted[start : start + 500]).values_list("source", flat=True)
        )
    return found


def weigh(kind: str, value: str, at: datetime) -> dict[str, TagWeight]:
    """Return what the tags of a canonical value weigh, by category. Those of an earlier holder do not count."""
    tags = _UNSCOPED.rows(Tag).filter(kind=kind, value=value, at__gt=at - LIFE, at__lte=at)
    tags = tags.exclude(outcome=TagOutcome.REFUTED)
    holder_from = _signals(state_folder()).holder_from(value) if kind == PHONE else 0
    votes: dict[str, list[TagVote]] = {}
    rows = tags.values_list(
        "category", "at", "tagger__confirmed", "tagger__refuted", "block", "text", "source", "owner"
    )
    for category, moment, confirmed, refuted, block, text, source, owner in rows:
        if to_ms(moment) >= holder_from:
            votes.setdefault(category, []).append(
                TagVote(to_ms(moment), confirmed, refuted, block, text, "" if source else str(owner))
            )
    return {category: weigh_tags(found, to_ms(at)) for category, found in votes.items()}


def refresh_shown(values: Iterable[tuple[str, str]], at: datetime) -> None:
    """Bring up to date what is shown of canonical values: the heaviest category, nothing while they are disputed."""
    for kind, value in values:
        weights = {name: weight for name, weight in weigh(kind, value, at).items() if weight.is_shown}
        if not weights or _is_contested(kind, value):
            ShownTag.objects.filter(kind=kind, value=value).delete()
            continue
        category = max(weights, key=lambda name: (weights[name].weight, name))
        weight = weights[category]
        fields = {"category": category, "weight": weight.weight, "voices": weight.voices}
        ShownTag.objects.update_or_create(
            kind=kind, value=value, defaults=fields, create_defaults=fields | {"digest": digest_of(value), "since": at}
        )


def refresh_all(now: datetime) -> int:
    """Bring everything that is shown up to date: tags decay, and numbers change hands. Return how many were shown."""
    values = list(ShownTag.objects.values_list("kind", "value"))
    values += _values_to_show_again(now)
    for start in range(0, len(values), CHUNK):  # other writers get in between
        with recorded():
            refresh_shown(values[start : start + CHUNK], now)
    with recorded():
        _UNSCOPED.rows(Tag).filter(at__lt=now - LIFE).delete()
    return len(values)


def _values_to_show_again(now: datetime) -> list[tuple[str, str]]:
    """Return the values whose dispute nobody decided within its days, lately."""
    rows = _UNSCOPED.rows(TagDispute).filter(upheld=None, disputed_at__lte=now - DISPUTE_DAYS)
    return list(rows.filter(disputed_at__gt=now - DISPUTE_DAYS - timedelta(days=2)).values_list("kind", "value"))


def look_up(kind: str, value: str) -> ShownView:
    """Return what the public is told of a value. Raise Malformed."""
    canonical = canonical_value(kind, value)
    shown = ShownTag.objects.filter(kind=kind, value=canonical).first()
    return ShownView(
        kind=kind,
        value=canonical,
        category=shown.category if shown else "",
        voices=shown.voices if shown else 0,
        since=shown.since if shown else None,
        ranges=_tagged_ranges(canonical) if kind == PHONE else (),
    )


def digest_of(value: str) -> str:
    """Return the SHA-256 of a canonical value, by whose beginning it is looked up."""
    return sha256(value.encode()).hexdigest()


def give_code(owner: Organization, value: str, person: Person) -> tuple[TagDispute, str]:
    """Give a code to whoever proved at a counter to have a number; return it once, with its row.

    Raise Malformed, and Refusal if the number is not in the operator's own table `number_signals`.
    """
    canonical, now = canonical_value(PHONE, value), timezone.now()
    if _signals(state_folder()).find([owner.ref], canonical) is None:
        words = Words("不是本企业登记的号码", "this number is not in your own table of numbers")
        raise Refusal(Reason.EVIDENCE, words, fields={"number": words})
    code = f"{secrets.randbelow(10**8):08d}"
    with recorded() as log:
        row = _UNSCOPED.rows(TagDispute).create(
            owner=owner,
            kind=PHONE,
            value=canonical,
            code_hash=_hash("code", f"{canonical} {code}"),
            given_by=person,
            given_at=now,
        )
        log.add(Draft("tag_code_given", to_ms(now), person.ref, owner.ref, about=row.ref))
    return row, code


def dispute_tags(value: str, code: str, statement: str) -> bool:
    """Dispute the tags of a number with a code: they are hidden at once. Return whether the code was valid."""
    try:
        canonical = canonical_value(PHONE, value)
    except Malformed:
        return False
    now, given = timezone.now(), _hash("code", f"{canonical} {code.strip()}")
    rows = _UNSCOPED.rows(TagDispute).filter(kind=PHONE, value=canonical, disputed_at=None)
    rows = rows.filter(given_at__gt=now - CODE_DAYS, failures__lt=MOST_FAILURES)
    row = next((one for one in rows.select_related("owner") if hmac.compare_digest(one.code_hash, given)), None)
    if row is None:
        with recorded():
            rows.update(failures=F("failures") + 1)
        return False
    with recorded() as log:
        _UNSCOPED.rows(TagDispute).filter(pk=row.pk).update(disputed_at=now, statement=statement.strip()[:400])
        log.add(Draft("tags_disputed", to_ms(now), "", row.owner.ref, about=row.ref))
        refresh_shown([(PHONE, canonical)], now)
    return True


def decide_dispute(dispute: TagDispute, person: Person, *, upheld: bool) -> None:
    """Decide a dispute: upheld, the tags are refuted; else they are shown again. Not by who gave the code."""
    if dispute.given_by_id == person.pk:
        raise Refusal(
            Reason.SAME_PERSON, Words("须由发码人以外的人决定", "somebody other than who gave the code decides")
        )
    now = timezone.now()
    with recorded() as log:
        rows = _UNSCOPED.rows(TagDispute).filter(pk=dispute.pk, upheld=None, disputed_at__isnull=False)
        if not rows.update(upheld=upheld, decided_by=person, decided_at=now):
            raise Refusal(Reason.STATE, Words("已决定，或尚未提出异议", "it was decided, or nothing was disputed"))
        facts = {"upheld": upheld}
        log.add(Draft("tag_dispute_decided", to_ms(now), person.ref, dispute.owner.ref, about=dispute.ref, facts=facts))
        if upheld:
            settle_tags(dispute.kind, dispute.value, TagOutcome.REFUTED, now, actor=person.ref)
        refresh_shown([(dispute.kind, dispute.value)], now)


def _is_contested(kind: str, value: str) -> bool:
    since = timezone.now() - DISPUTE_DAYS
    rows = _UNSCOPED.rows(TagDispute).filter(kind=kind, value=value, disputed_at__gt=since, upheld=None)
    return rows.exists()


def _tagged_ranges(number: str) -> tuple[tuple[int, int], ...]:
    """Return size and tagged numbers of the ranges of 10 and 100 around a number, if they are enough to be named."""
    ranges = []
    for digits in RANGE_DIGITS:
        start = number[:-digits]
        rows = ShownTag.objects.filter(kind=PHONE, value__gte=start + "0" * digits, value__lte=start + "9" * digits)
        tagged = rows.exclude(value=number).count() if len(start) > 4 else 0
        if tagged >= RANGE_NUMBERS:
            ranges.append((10**digits, tagged))
    return tuple(ranges)


@cache
def _signals(folder: Path) -> SignalStore:
    return SignalStore(folder)


def _plain(text: str) -> str:
    """Return a text without spaces, marks and digits, so that copies with small changes are alike."""
    return "".join(letter for letter in text.casefold() if letter.isalpha())


def _hash(purpose: str, text: str) -> str:
    return blake2b(f"{purpose}\0{text}".encode(), key=load_key(_KEY), digest_size=16).hexdigest()

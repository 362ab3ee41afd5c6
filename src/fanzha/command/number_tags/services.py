"""Take tags in, check them, and prove numbers. What is shown to the public follows at once.

A caller's number is only claimed by the digits that a phone showed. Its tags are about the calls that showed it, until
the operator of the number has checked that it made them. Disputes of owners are in `tag_disputes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F, Q
from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.number_tags.models import (
    NumberProof,
    ProofMethod,
    ShownTag,
    Tag,
    TagCategory,
    TagDispute,
    Tagger,
    TagOutcome,
)
from fanzha.command.number_tags.tag_weights import TagVote, TagWeight, weigh_tags
from fanzha.command.organizations.selectors import organizations_by_ref, runs_number
from fanzha.command.web.scoping import unscoped
from fanzha.kinds import all_kinds
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.allowlist import load_allowlist_by_number
from fanzha.store.keys import load_key
from fanzha.store.number_signals import NumberSignals, SignalStore
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

__all__ = [
    "KINDS",
    "ProofMethod",
    "ShownView",
    "TagOutcome",
    "Tagging",
    "add_tag",
    "add_tags",
    "canonical_value",
    "find_operator_signals",
    "look_up",
    "prove_number",
    "refresh_all",
    "refresh_shown",
    "settle_tags",
    "weigh",
    "withdraw_proofs",
]

_UNSCOPED = unscoped("tags of all organisations are weighed together")

#: Kinds that can be tagged and looked up.
KINDS = ("phone_number", "website", "app", "account")
PHONE = "phone_number"
#: A tag counts for two years at most; a half-life of 90 days has made it worthless by then.
LIFE = timedelta(days=731)
#: A dispute hides tags so long at the most; undecided, they are shown again.
DISPUTE_DAYS = timedelta(days=15)
CHUNK = 200
#: Numbers that begin alike: all but the last digit (10), all but the last two (100).
RANGE_DIGITS = (1, 2)
#: A range is named if so many of its numbers are tagged.
RANGE_NUMBERS = 3
_KEY = "number-tags"


class Tagging(NamedTuple):
    """One tag to add. `tagger` is any stable text that identifies who tags (a receipt's reporter, a key, a person).

    `block` is the tagger's address block (/24 or /48), `text` what was reported, `source` the ref of the report; each
    "" if there is none. Tagger, block and text are stored as keyed hashes. `is_bulk`: a program or file of the
    organisation sent it.
    """

    kind: str
    value: str
    category: str
    tagger: str
    block: str = ""
    text: str = ""
    source: str = ""
    is_bulk: bool = False


class ShownView(NamedTuple):
    """The public facts of a value: the tag if it is shown, and tagged numbers of its ranges of 10 and 100.

    Without `is_proven` the tag is about calls that showed the number, not about its holder.
    """

    kind: str
    value: str
    category: str
    voices: int
    is_proven: bool
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
    with recorded():
        tag = _store_tag(owner, tagging, at)
        refresh_shown([(tag.kind, tag.value)], timezone.now())  # a tag may be about an earlier moment
    return tag


def add_tags(taggings: Iterable[tuple[Organization, Tagging, datetime]]) -> int:
    """Add many tags, and bring what is shown of each value up to date once; return how many were added.

    What cannot be tagged (too long, a number of a public service) is left out.
    """
    added, values = 0, dict[tuple[str, str], None]()
    with recorded():
        for owner, tagging, at in taggings:
            try:
                tag = _store_tag(owner, tagging, at)
            except Malformed:
                continue
            added += 1
            values[tag.kind, tag.value] = None
        refresh_shown(values, timezone.now())
    return added


def _store_tag(owner: Organization, tagging: Tagging, at: datetime) -> Tag:
    if tagging.category not in TagCategory.values:
        raise Refusal(Reason.EVIDENCE, Words("不是标记类别", "is no category of tags"))
    value = canonical_value(tagging.kind, tagging.value)
    if is_public_service(tagging.kind, value):
        raise Malformed("numbers of public services are not tagged: whoever calls with them forges them")
    tagger, _is_new = Tagger.objects.get_or_create(key_hash=hash_for("tagger", tagging.tagger))
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
            "block": hash_for("block", tagging.block or f"of {tagging.tagger}"),
            "text": hash_for("text", _plain(tagging.text)) if _plain(tagging.text) else "",
            "source": tagging.source,
            "is_bulk": tagging.is_bulk,
            "at": at,
        },
    )
    return tag


def settle_tags(
    kind: str, value: str, outcome: TagOutcome, at: datetime, *, actor: str = "", before: datetime | None = None
) -> int:
    """Settle the open tags of a canonical value; update each tagger's record and the shown tag.

    Return how many tags were settled. A refuted tag no longer counts, and the proofs of its number are withdrawn.
    `actor` is the ref of the person or key that settles them. Tags after `before` stay open.
    """
    with recorded() as log:
        tags = _UNSCOPED.rows(Tag).filter(kind=kind, value=value, outcome="", at__lte=before or at)
        if holder_from := find_holder_from(kind, value, at):
            tags = tags.filter(at__gte=from_ms(holder_from))
        taggers = list(tags.values_list("tagger", flat=True))
        Tagger.objects.filter(pk__in=taggers).update(**{outcome.value: F(outcome.value) + 1})
        settled = tags.update(outcome=outcome)
        if outcome is TagOutcome.REFUTED:
            withdraw_proofs(value, at)
        if settled:
            facts = {"kind": kind, "tags": settled, "outcome": outcome.value}
            log.add(Draft("tags_settled", to_ms(at), actor, "", facts=facts))
        refresh_shown([(kind, value)], at)
    return settled


def prove_number(
    operator: Organization, value: str, method: ProofMethod, at: datetime, *, source: str = "", actor: str = ""
) -> None:
    """Record the check of an operator that a canonical number of its own made the reported calls.

    Raise Refusal if the operator does not run the number. `source` is the ref of the process in which it was checked.
    """
    if not runs_number(operator, value, at):
        words = Words("该号码不归本企业，不能核实", "you do not run this number, so you cannot prove it")
        raise Refusal(Reason.EVIDENCE, words, fields={"number": words})
    with recorded() as log:
        proof, is_new = _UNSCOPED.rows(NumberProof).get_or_create(
            owner=operator, value=value, source=source, defaults={"method": method.value, "at": at}
        )
        if not is_new and source:
            return
        if not is_new:  # checked again
            _UNSCOPED.rows(NumberProof).filter(pk=proof.pk).update(method=method.value, at=at, withdrawn_at=None)
        facts = {"method": method.value, "source": source}
        log.add(Draft("tagged_number_proven", to_ms(at), actor, operator.ref, facts=facts))
        refresh_shown([(PHONE, value)], timezone.now())


def withdraw_proofs(value: str, at: datetime) -> None:
    """Withdraw the proofs of a canonical number: a later result says that they were wrong."""
    _UNSCOPED.rows(NumberProof).filter(value=value, withdrawn_at=None).update(withdrawn_at=at)


def is_proven(kind: str, value: str, at: datetime, holder_from: int = 0) -> bool:
    """Return whether what is reported of a value is about the value itself: a number needs a proof of its operator.

    A proof of an earlier holder does not count.
    """
    proofs = _UNSCOPED.rows(NumberProof).filter(value=value, withdrawn_at=None, at__gt=at - LIFE)
    return kind != PHONE or proofs.filter(at__gte=from_ms(holder_from)).exists()


def weigh(kind: str, value: str, at: datetime) -> dict[str, TagWeight]:
    """Return what the tags of a canonical value weigh, by category. Those of an earlier holder do not count."""
    tags = _UNSCOPED.rows(Tag).filter(kind=kind, value=value, at__gt=at - LIFE, at__lte=at)
    tags = tags.exclude(outcome=TagOutcome.REFUTED)
    holder_from = find_holder_from(kind, value, at)
    votes: dict[str, list[TagVote]] = {}
    rows = tags.values_list(
        "category", "at", "tagger__confirmed", "tagger__refuted", "block", "text", "is_bulk", "owner", "outcome"
    )
    for category, moment, confirmed, refuted, block, text, is_bulk, owner, outcome in rows:
        if to_ms(moment) >= holder_from:
            sender, is_verified = str(owner) if is_bulk else "", outcome == TagOutcome.CONFIRMED
            vote = TagVote(to_ms(moment), confirmed, refuted, block, text, sender, is_verified)
            votes.setdefault(category, []).append(vote)
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
        holder_from = find_holder_from(kind, value, at)
        fields = {
            "category": category,
            "weight": weight.weight,
            "voices": weight.voices,
            "is_proven": is_proven(kind, value, at, holder_from),
            "until": at + timedelta(days=weight.days_shown),
            "holder_from": holder_from,
        }
        ShownTag.objects.update_or_create(
            kind=kind, value=value, defaults=fields, create_defaults=fields | {"digest": digest_of(value), "since": at}
        )


def refresh_all(now: datetime) -> int:
    """Bring up to date what changes by itself: tags decay, numbers change hands, disputes lapse.

    Return how many values were computed again; the others stay as they are.
    """
    values = list(ShownTag.objects.filter(Q(until__lte=now) | Q(until=None)).values_list("kind", "value"))
    values += _values_of_new_holders(now)
    lapsed = _UNSCOPED.rows(TagDispute).filter(upheld=None, disputed_at__lte=now - DISPUTE_DAYS, lapsed_at=None)
    disputes = list(lapsed.values_list("pk", "kind", "value"))
    values += [(kind, value) for _pk, kind, value in disputes]
    for start in range(0, len(values), CHUNK):  # other writers get in between
        with recorded():
            refresh_shown(values[start : start + CHUNK], now)
    with recorded():
        for start in range(0, len(disputes), CHUNK):
            keys = [pk for pk, _kind, _value in disputes[start : start + CHUNK]]
            _UNSCOPED.rows(TagDispute).filter(pk__in=keys).update(lapsed_at=now)
        _UNSCOPED.rows(Tag).filter(at__lt=now - LIFE).delete()
        _UNSCOPED.rows(NumberProof).filter(at__lt=now - LIFE).delete()
    return len(values)


def _values_of_new_holders(now: datetime) -> list[tuple[str, str]]:
    """Return the shown numbers whose holder is another one than they were computed for."""
    if not _signals(state_folder()).owners():
        return []
    rows = ShownTag.objects.filter(kind=PHONE).values_list("value", "holder_from")
    return [(PHONE, value) for value, known in rows.iterator() if find_holder_from(PHONE, value, now) != known]


def find_holder_from(kind: str, value: str, at: datetime) -> int:
    """Return since when (UTC ms) a number has its present holder; 0 if that is unknown, and for other kinds.

    Only what the operator states that runs the number counts: else any operator could clear the tags of any number.
    """
    signals = find_operator_signals(value, at) if kind == PHONE else None
    return signals.holder_from if signals else 0


def find_operator_signals(value: str, at: datetime, owner: str = "") -> NumberSignals | None:
    """Return what the operator that runs a canonical number states of it in its table `number_signals`, or None.

    With an `owner` (ref), only that operator's table is read.
    """
    store = _signals(state_folder())
    owners = [owner] if owner else store.owners()
    stating = [ref for ref in owners if store.find([ref], value) is not None]
    if not stating:
        return None
    organizations = organizations_by_ref(stating)
    running = [ref for ref in stating if ref in organizations and runs_number(organizations[ref], value, at)]
    found = store.find(running, value)
    return found[1] if found else None


def look_up(kind: str, value: str) -> ShownView:
    """Return the public facts of a value. Raise Malformed if it is no value of the kind."""
    canonical = canonical_value(kind, value)
    shown = ShownTag.objects.filter(kind=kind, value=canonical).first()
    return ShownView(
        kind=kind,
        value=canonical,
        category=shown.category if shown else "",
        voices=shown.voices if shown else 0,
        is_proven=shown is not None and shown.is_proven,
        since=shown.since if shown else None,
        ranges=_tagged_ranges(canonical) if kind == PHONE else (),
    )


def digest_of(value: str) -> str:
    """Return the SHA-256 of a canonical value, by whose beginning it is looked up."""
    return sha256(value.encode()).hexdigest()


def _is_contested(kind: str, value: str) -> bool:
    since = timezone.now() - DISPUTE_DAYS
    rows = _UNSCOPED.rows(TagDispute).filter(kind=kind, value=value, disputed_at__gt=since, upheld=None)
    return rows.exists()


def _tagged_ranges(number: str) -> tuple[tuple[int, int], ...]:
    """Return size and tagged numbers of the ranges of 10 and 100 around a number, if they are enough to be named."""
    ranges = []
    for digits in RANGE_DIGITS:
        start = number[:-digits]
        rows = ShownTag.objects.filter(
            kind=PHONE, is_proven=True, value__gte=start + "0" * digits, value__lte=start + "9" * digits
        )
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


def hash_for(purpose: str, text: str) -> str:
    """Return the keyed hash of a text for a purpose, 32 hex digits."""
    return blake2b(f"{purpose}\0{text}".encode(), key=load_key(_KEY), digest_size=16).hexdigest()

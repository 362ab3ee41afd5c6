"""What a snapshot tells of one written value: of a number, of a link and its parts, of any kind that may be asked."""

from collections.abc import Iterator
from functools import cache
from typing import Literal

import msgspec

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.url_expressions import expressions, url_hash
from fanzha.claims.verdict import LEVEL_WORDS, Level
from fanzha.kinds import all_kinds
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.phone_number import LONGEST_DIGITS
from fanzha.screen.mapped import Mapped

#: Nobody looks up what somebody wrote, or a person by his identity number.
NOT_ASKED = frozenset({"message", "person"})
LINKS, NUMBERS = "website", "phone_number"
LONGEST_WRITTEN = 64  # characters of a number with all that people put between its digits


class Opinion(msgspec.Struct, frozen=True):
    """A verdict: where it holds ("" is anywhere), until when (UTC ms; 9007199254740991: no end), whose, in words.

    研判结论：适用范围（空为不限）、截止时间（UTC 毫秒，9007199254740991 表示无期限）、作出单位及公开说法。
    """

    level: Level
    treatment: Treatment
    fraud_type: str
    until: int
    direction: str
    service: str
    ingress: str
    organisation: str
    simulated: bool
    zh: str
    en: str


class Looked(msgspec.Struct, frozen=True):
    """What is thought of one value, from the narrowest scope to the widest; `malformed`: it is no value of its kind.

    对一个值的结论，范围由窄到宽；malformed 表示不是该类型的值。
    """

    state: Literal["listed", "unlisted", "malformed"]
    opinions: tuple[Opinion, ...] = ()


_UNLISTED, _MALFORMED = Looked("unlisted"), Looked("malformed")


@cache
def asked_kinds() -> tuple[str, ...]:
    """Return the kinds that may be looked up."""
    return tuple(name for name in all_kinds() if name not in NOT_ASKED)


def looked(snapshot: Mapped, kind: str, value: str, at: int) -> Looked:
    """Return what is thought of a value as somebody wrote it, at a moment (UTC ms)."""
    try:
        entries = _entries(snapshot, kind, value)
    except Malformed:
        return _MALFORMED
    opinions = [_opinion(one) for entry in entries for one in _scopes(entry) if at < one.until]
    return Looked("listed", tuple(opinions)) if opinions else _UNLISTED


def _entries(snapshot: Mapped, kind: str, value: str) -> list[SnapshotEntry]:
    """Return what is listed of a written value; of a link also of its host and parts of its path. Raises Malformed."""
    one = snapshot.look_up(kind, _number(value) if kind == NUMBERS else all_kinds()[kind].normalise(value))
    found = [one] if one is not None else []
    for expression in expressions(value) if kind == LINKS else ():
        found += [entry for _, entry in snapshot.urls(url_hash(expression))]
    return found


def _scopes(entry: SnapshotEntry | None) -> Iterator[SnapshotEntry]:
    while entry is not None:
        yield entry
        entry = entry.next_scope


def _opinion(one: SnapshotEntry) -> Opinion:
    said = said_of(one.level, one.fraud_type)
    scope = (one.direction, one.service, one.ingress)
    return Opinion(one.level, one.treatment, one.fraud_type, one.until, *scope, one.organisation, one.simulated, *said)


@cache
def said_of(level: Level, fraud_type: str) -> Words:
    """Say a verdict in words for the public: no rule, no threshold (design §5)."""
    words, kind = LEVEL_WORDS[level], FRAUD_TYPES.get(fraud_type)
    return Words(f"{words.zh}：{kind.zh}", f"{words.en}: {kind.en}") if kind else words


def _number(raw: str) -> str:
    """Read a number as calls are read, for a fifth of what `normalise` takes."""
    if len(raw) > LONGEST_WRITTEN:
        raise Malformed("longer than any telephone number")
    found = read_number(raw).canonical
    if not 0 < len(found.lstrip("+")) <= LONGEST_DIGITS:
        raise Malformed("not a telephone number")
    return found

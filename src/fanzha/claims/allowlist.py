"""Numbers that no rule acts on by itself: each only from the origin that proves it, never from anywhere (design §4)."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.kinds.phone_number import Validity, classify


class OriginKind(StrEnum):
    """What proves a number: the trunk it comes by, or the ingress together with a proven caller."""

    TRUNK = "trunk"
    INGRESS = "ingress"


class Trigger(NamedTuple):
    """Of the fact that made a rule fire: its number, and where it came in; None where that is not known."""

    number: str | None = None  # as its digits claim, in whatever form the network wrote it
    proven_number: str | None = None
    trunk: str | None = None
    ingress: str | None = None


class AllowlistEntry(NamedTuple):
    """One number at one origin; `until` is UTC ms, None without end."""

    number: str
    origin_kind: OriginKind
    origin: str
    owner: str  # whose number it is: 110, a hospital, a licensed call centre
    proof: str  # how that was proven: a licence, a contract, a check on a day
    until: int | None = None

    def holds(self, at: int) -> bool:
        """Return whether it holds at a moment (UTC ms)."""
        return self.until is None or at < self.until


class Allowlist:
    """The list, ready to be asked."""

    def __init__(self, numbers: Iterable[AllowlistEntry] = ()) -> None:
        """Take the list; of one number at one origin may stand several, with different ends."""
        self._known: dict[tuple[str, OriginKind, str], list[AllowlistEntry]] = {}
        for one in numbers:
            self._known.setdefault((one.number, one.origin_kind, one.origin), []).append(one)

    def __len__(self) -> int:
        """Return how many numbers at how many origins are spared."""
        return len(self._known)

    @property
    def numbers(self) -> tuple[AllowlistEntry, ...]:
        """Return the whole list."""
        return tuple(one for entries in self._known.values() for one in entries)

    def entry(self, trigger: Trigger, moment: int) -> AllowlistEntry | None:
        """Return the entry that spares this trigger at this moment.

        A trunk proves what its owner sends by it, so there the claimed number counts; an ingress (all mobiles, all
        leased lines) proves nothing by itself, so there the number must be proven.
        """
        for key in _keys(trigger):
            for one in self._known.get(key, ()):
                if one.holds(moment):
                    return one
        return None


def _keys(trigger: Trigger) -> Iterator[tuple[str, OriginKind, str]]:
    if trigger.trunk:
        for number in filter(None, (trigger.number, trigger.proven_number)):
            yield _canonical(number), OriginKind.TRUNK, trigger.trunk
    if trigger.ingress and trigger.proven_number:
        yield trigger.proven_number, OriginKind.INGRESS, trigger.ingress


@lru_cache(maxsize=65_536)
def _canonical(claimed: str) -> str:
    """Return the number that a claimed one is, however it is written; one that cannot be is left as it came."""
    facts = classify(claimed)
    return claimed if facts.valid is Validity.NO else facts.canonical


_ORIGINS = {OriginKind.TRUNK: Words("中继", "trunk"), OriginKind.INGRESS: Words("入口", "ingress")}


def explain_exemption(entry: AllowlistEntry) -> Words:
    """Return the reason that an investigator reads."""
    kind = _ORIGINS[entry.origin_kind]
    return Words(
        f"仅报告：号码属于{entry.owner}，来源已证实（{kind.zh} {entry.origin}），列于免扰名单；凭据：{entry.proof}",
        f"report only: the number is that of {entry.owner}, came by its proven origin ({kind.en} {entry.origin}) and is"
        f" on the spared list; proof: {entry.proof}",
    )

"""The allowlist (免扰名单): numbers that no rule acts on by itself, each at the origin that proves it."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.kinds.phone_number import Validity, classify


class OriginKind(StrEnum):
    """What proves a number: the trunk, or the ingress together with a proven caller."""

    TRUNK = "trunk"
    INGRESS = "ingress"


class Trigger(NamedTuple):
    """Number and origin of the event that fired a rule; None where unknown."""

    number: str | None = None  # claimed digits, in any written form
    proven_number: str | None = None
    trunk: str | None = None
    ingress: str | None = None


class AllowlistEntry(NamedTuple):
    """One allowlisted number at one origin; `until` is UTC ms, None without end."""

    number: str
    origin_kind: OriginKind
    origin: str
    owner: str  # e.g. 110, a hospital, a licensed call centre
    proof: str  # e.g. a licence, a contract, a check on a given day
    until: int | None = None

    def holds(self, at: int) -> bool:
        """Return whether the entry is in force at `at` (UTC ms)."""
        return self.until is None or at < self.until


class Allowlist:
    """Index of allowlist entries by number and origin."""

    def __init__(self, numbers: Iterable[AllowlistEntry] = ()) -> None:
        """Index the entries; one number at one origin may have several entries with different ends."""
        self._known: dict[tuple[str, OriginKind, str], list[AllowlistEntry]] = {}
        for entry in numbers:
            self._known.setdefault((entry.number, entry.origin_kind, entry.origin), []).append(entry)

    def __len__(self) -> int:
        """Return the number of distinct pairs of number and origin."""
        return len(self._known)

    @property
    def numbers(self) -> tuple[AllowlistEntry, ...]:
        """Return all entries."""
        return tuple(entry for entries in self._known.values() for entry in entries)

    def entry(self, trigger: Trigger, moment: int) -> AllowlistEntry | None:
        """Return the entry that exempts this trigger at this moment, None if there is none.

        On a trunk the claimed number counts, since the trunk proves what its owner sends. On an ingress (all mobiles,
        all leased lines) only a proven number counts.
        """
        for key in _keys(trigger):
            for entry in self._known.get(key, ()):
                if entry.holds(moment):
                    return entry
        return None


def _keys(trigger: Trigger) -> Iterator[tuple[str, OriginKind, str]]:
    if trigger.trunk:
        for number in filter(None, (trigger.number, trigger.proven_number)):
            yield _canonical(number), OriginKind.TRUNK, trigger.trunk
    if trigger.ingress and trigger.proven_number:
        yield trigger.proven_number, OriginKind.INGRESS, trigger.ingress


@lru_cache(maxsize=65_536)
def _canonical(claimed: str) -> str:
    """Return the canonical form of a claimed number; an invalid number is returned unchanged."""
    facts = classify(claimed)
    return claimed if facts.valid is Validity.NO else facts.canonical


_ORIGINS = {OriginKind.TRUNK: Words("中继", "trunk"), OriginKind.INGRESS: Words("入口", "ingress")}


def explain_exemption(entry: AllowlistEntry) -> Words:
    """Return the reason for the exemption, for the investigator."""
    kind = _ORIGINS[entry.origin_kind]
    return Words(
        f"仅报告：号码属于{entry.owner}，来源已证实（{kind.zh} {entry.origin}），列于免扰名单；凭据：{entry.proof}",
        f"report only: the number is that of {entry.owner}, came by its proven origin ({kind.en} {entry.origin}) and is"
        f" on the spared list; proof: {entry.proof}",
    )

"""Proof by the snapshot: what a running screen answers of a number, or what the file says, is what was ordered.

The plane asks a screen (`POST /v1/lookup/{kind}`) and hands its answer in, or opens the file and hands in the entry.
"""

from collections.abc import Iterable

import msgspec

from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import TREATMENT_WORDS, TREATMENTS, Treatment
from fanzha.claims.verdict import Level
from fanzha.dispose._proof.proven import Holds, Proven
from fanzha.dispose._wire import Unreadable

KIND = "snapshot_entry"


class _Said(msgspec.Struct, frozen=True):
    level: Level
    treatment: Treatment
    until: int
    direction: str = ""
    service: str = ""
    ingress: str = ""
    organisation: str = ""


class _Looked(msgspec.Struct, frozen=True):
    state: str
    opinions: tuple[_Said, ...] = ()


class _LookedUp(msgspec.Struct, frozen=True):
    results: tuple[_Looked, ...]
    sequence: int


def looked_up(body: bytes) -> list[SnapshotEntry | None]:
    """Return what a screen answered of each value that was asked; raises Unreadable."""
    try:
        read = msgspec.json.decode(body, type=_LookedUp)
    except msgspec.DecodeError as error:
        raise Unreadable(f"not the answer of a screen: {error}") from None
    return [_chained(one.opinions) for one in read.results]


def _chained(said: Iterable[_Said]) -> SnapshotEntry | None:
    chain: SnapshotEntry | None = None
    for one in reversed(tuple(said)):
        where = (one.direction, one.service, one.ingress)
        chain = SnapshotEntry(
            one.level, one.treatment, "", one.until, *where, organisation=one.organisation, next_scope=chain
        )
    return chain


def in_force(decision: Opinion, entry: SnapshotEntry | None, at: int) -> Proven:
    """Return whether what is served at a moment (UTC ms) treats a subject as a decision says."""
    asked = decision.treatment or Treatment.ALLOW
    found = _treatment(decision, entry, at)
    return _proven(found == asked, found, at)


def taken_back(decision: Opinion, entry: SnapshotEntry | None, at: int) -> Proven:
    """Return whether a decision that was withdrawn is served no more; another's may still be, and is told."""
    found = _treatment(decision, entry, at)
    milder = TREATMENTS.index(found) < TREATMENTS.index(decision.treatment or Treatment.ALLOW)
    return _proven(milder or decision.treatment is Treatment.ALLOW, found, at)


def _treatment(decision: Opinion, entry: SnapshotEntry | None, at: int) -> Treatment:
    held = entry and entry.match(at, decision.direction, decision.service, decision.ingress)
    return held.treatment if held else Treatment.ALLOW


def _proven(so: bool, found: Treatment, at: int) -> Proven:
    words = TREATMENT_WORDS[found]
    said = Words(f"在用快照：{words.zh}", f"the snapshot that is served: {words.en}")
    return Proven(KIND, Holds.YES if so else Holds.NO, at, said)

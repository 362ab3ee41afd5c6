"""Proof by look-up: a running screen, or the snapshot file, has the ordered treatment of a subject.

The plane passes the answer of a screen (`POST /v1/lookup/{kind}`), or the entry from the file.
"""

from collections.abc import Iterable

import msgspec

from fanzha.base.words import Words
from fanzha.claims.opinion import Opinion
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import TREATMENT_WORDS, TREATMENTS, Treatment
from fanzha.claims.verdict import Level
from fanzha.dispose._proof.proof_result import ProofOutcome, ProofResult
from fanzha.dispose._wire import UnreadableAnswer

KIND = "snapshot_entry"


class _LookupOpinion(msgspec.Struct, frozen=True):
    level: Level
    treatment: Treatment
    until: int
    direction: str = ""
    service: str = ""
    ingress: str = ""
    organization: str = msgspec.field(default="", name="organisation")


class _LookupResult(msgspec.Struct, frozen=True):
    state: str
    opinions: tuple[_LookupOpinion, ...] = ()


class _LookupAnswer(msgspec.Struct, frozen=True):
    results: tuple[_LookupResult, ...]
    sequence: int


def parse_lookup(body: bytes) -> list[SnapshotEntry | None]:
    """Parse the answer of a screen, one entry per requested value; raise UnreadableAnswer."""
    try:
        answer = msgspec.json.decode(body, type=_LookupAnswer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableAnswer(f"not the answer of a screen: {error}") from None
    return [_link_scopes(result.opinions) for result in answer.results]


def _link_scopes(opinions: Iterable[_LookupOpinion]) -> SnapshotEntry | None:
    chain: SnapshotEntry | None = None
    for opinion in reversed(tuple(opinions)):
        scope = (opinion.direction, opinion.service, opinion.ingress)
        chain = SnapshotEntry(
            opinion.level,
            opinion.treatment,
            "",
            opinion.until,
            *scope,
            organization=opinion.organization,
            next_scope=chain,
        )
    return chain


def prove_in_force(decision: Opinion, entry: SnapshotEntry | None, at: int) -> ProofResult:
    """Return whether the served snapshot treats a subject as the decision orders, at `at` (UTC ms)."""
    ordered = decision.treatment or Treatment.ALLOW
    found = _treatment(decision, entry, at)
    return _result(found == ordered, found, at)


def prove_withdrawn(decision: Opinion, entry: SnapshotEntry | None, at: int) -> ProofResult:
    """Return whether a withdrawn decision is no longer served; the treatment that remains is described."""
    found = _treatment(decision, entry, at)
    milder = TREATMENTS.index(found) < TREATMENTS.index(decision.treatment or Treatment.ALLOW)
    return _result(milder or decision.treatment is Treatment.ALLOW, found, at)


def _treatment(decision: Opinion, entry: SnapshotEntry | None, at: int) -> Treatment:
    active = entry and entry.match(at, decision.direction, decision.service, decision.ingress)
    return active.treatment if active else Treatment.ALLOW


def _result(is_proven: bool, found: Treatment, at: int) -> ProofResult:
    words = TREATMENT_WORDS[found]
    description = Words(f"在用快照：{words.zh}", f"the snapshot that is served: {words.en}")
    return ProofResult(KIND, ProofOutcome.YES if is_proven else ProofOutcome.NO, at, description)

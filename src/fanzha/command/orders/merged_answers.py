"""Answers of one message that say the same of several targets, as one: files have a row a target."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from fanzha.dispose import Answer, AnswerState, Proof

#: What a step takes as text at most.
_LONGEST = 10_000


class What(NamedTuple):
    """What an answer says, whatever its targets are."""

    leg: str
    state: AnswerState
    undo: bool
    forwarded_to: str


def what(answer: Answer) -> What:
    """Return what an answer says."""
    return What(answer.leg, answer.state, answer.undo, answer.forwarded_to)


def merged(answers: Iterable[Answer]) -> dict[What, Answer]:
    """Return the answers by what they say, each with all its targets, reasons and proofs; the latest time counts."""
    found: dict[What, list[Answer]] = {}
    for one in answers:
        found.setdefault(what(one), []).append(one)
    return {key: _as_one(same) if len(same) > 1 else same[0] for key, same in found.items()}


def _as_one(same: Sequence[Answer]) -> Answer:
    of_all = not all(one.targets for one in same)
    proofs = [one.proof for one in same if one.proof is not None]
    return msgspec.structs.replace(
        same[0],
        at=max(one.at for one in same),
        targets=() if of_all else tuple(dict.fromkeys(target for one in same for target in one.targets)),
        reason=_joined(one.reason for one in same)[:_LONGEST],
        proof=_proven(proofs) if proofs else None,
    )


def _proven(proofs: Sequence[Proof]) -> Proof:
    return Proof(
        kind=_joined(one.kind for one in proofs),
        at=max(one.at for one in proofs),
        reference=_joined(one.reference for one in proofs)[:_LONGEST],
        result=_joined(one.result for one in proofs)[:_LONGEST],
    )


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(one for one in texts if one))

"""Answers of a receiver to an instruction: acknowledged, refused, forwarded, executed or failed."""

from enum import StrEnum
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.dispose._instruction import Target


class AnswerState(StrEnum):
    """Progress of a receiver."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    FORWARDED = "forwarded"
    EXECUTED = "executed"
    FAILED = "failed"


ANSWER_WORDS: dict[AnswerState, Words] = {
    AnswerState.ACKNOWLEDGED: Words("已签收", "acknowledged"),
    AnswerState.REFUSED: Words("拒绝执行", "refused"),
    AnswerState.FORWARDED: Words("已转交", "forwarded"),
    AnswerState.EXECUTED: Words("已执行", "executed"),
    AnswerState.FAILED: Words("执行失败", "failed"),
}


class Proof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A receiver's proof: kind, time (UTC ms), reference and result."""

    kind: str  # a proof of fanzha.dispose, or system_record: an entry of the receiver's own system
    at: int
    reference: str = ""
    result: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer; without targets it applies to the whole leg. Raise ValueError for incomplete answers."""

    leg: str
    state: AnswerState
    at: int  # UTC ms, as the receiver says
    undo: bool = False  # it answers the withdrawal, not the order
    targets: tuple[Target, ...] = ()
    reason: str = ""
    forwarded_to: str = ""
    proof: Proof | None = None
    fields: dict[str, Any] = {}  # of a process that is no order: what its answer says
    number: int | None = None  # of a process that is no order: which request it answers

    def __post_init__(self) -> None:
        """Validate the fields; raise ValueError."""
        if not self.leg.strip():
            raise ValueError("an answer names its leg")
        if self.state in (AnswerState.REFUSED, AnswerState.FAILED) and not self.reason.strip():
            raise ValueError(f"{self.state} without a reason")
        if self.state is AnswerState.FORWARDED and not self.forwarded_to.strip():
            raise ValueError("forwarded to nobody")
        proof = (self.proof.kind, self.proof.reference, self.proof.result) if self.proof else ()
        texts = (self.leg, self.reason, self.forwarded_to, *(target.value for target in self.targets), *proof)
        if any("\0" in text for text in texts) or b"\\u0000" in msgspec.json.encode(self.fields):
            raise ValueError("NUL characters are not text")

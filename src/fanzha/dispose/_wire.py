"""Instructions and answers as they travel: JSON that says its own version, moments as ISO 8601, one shape for all ways.

docs/reference/dispose.md names the fields for whoever builds the other end.
"""

from typing import Any, Literal

import msgspec

from fanzha.base.clock import iso, moment_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.dispose._answer import Answer, AnswerState, Proof
from fanzha.dispose._instruction import Instruction, Target
from fanzha.processes.legal_basis import basis_words

ORDER, ANSWER = "fanzha.order.v1", "fanzha.answer.v1"
LONGEST_BODY = 4_194_304
MOST_ANSWERS = 10_000


class Unreadable(ValueError):
    """An answer that is not what docs/reference/dispose.md says; the text tells where."""


def order_keys(one: Instruction, undo: Words | None = None) -> dict[str, Any]:
    """Return an instruction, or with a reason its taking back, as JSON."""
    reason = undo or one.reason
    return {
        "type": ORDER,
        "undo": undo is not None,
        "order": one.order,
        "leg": one.leg,
        "action": one.action.value,
        "targets": [_target_keys(each) for each in one.targets],
        "scope": {name: value for name, value in one.scope._asdict().items() if value},
        "fraud_type": one.fraud_type,
        "issuer": one.issuer,
        "receiver": one.receiver,
        "given_at": iso(one.given_at),
        "until": iso(one.until),
        "answer_by": iso(one.answer_by) if one.answer_by is not None else None,
        "basis": [{"code": code, **_basis(code)._asdict()} for code in one.basis],
        "reason": reason._asdict(),
        "approved_by": list(one.approved_by),
        "simulated": one.simulated,
        "emergency": one.emergency,
        "renewal": one.renewal,
    }


def _basis(code: str) -> Words:
    return basis_words(code) or Words(code, code)


def _target_keys(one: Target) -> dict[str, Any]:
    holder = {"holder_from": iso(one.holder_from)} if one.holder_from is not None else {}
    return {"kind": one.kind, "value": one.value, **holder}


class _Target(msgspec.Struct, frozen=True):
    kind: str
    value: str
    holder_from: str | None = None


class _Proof(msgspec.Struct, frozen=True):
    kind: str
    at: str
    reference: str = ""
    result: str = ""

    def proof(self) -> Proof:
        return Proof(kind=self.kind, at=moment_ms(self.at), reference=self.reference[:500], result=self.result[:500])


class AnswerRead(msgspec.Struct, frozen=True):
    """One answer as a receiver writes it."""

    leg: str
    state: AnswerState
    at: str
    undo: bool = False
    targets: list[_Target] = []
    reason: str = ""
    forwarded_to: str = ""
    proof: _Proof | None = None

    def answer(self) -> Answer:
        """Return it with its moments read; raises ValueError or Malformed."""
        return Answer(
            leg=self.leg,
            state=self.state,
            at=moment_ms(self.at),
            undo=self.undo,
            targets=tuple(
                Target(one.kind, one.value, moment_ms(one.holder_from) if one.holder_from else None)
                for one in self.targets
            ),
            reason=self.reason[:1_000],
            forwarded_to=self.forwarded_to,
            proof=self.proof.proof() if self.proof else None,
        )


class _Body(msgspec.Struct, frozen=True):
    type: Literal["fanzha.answer.v1"]
    answers: list[AnswerRead]


def read_answers(body: bytes) -> tuple[Answer, ...]:
    """Read the body of an answer; raises Unreadable."""
    if len(body) > LONGEST_BODY:
        raise Unreadable(f"longer than {LONGEST_BODY:,} bytes")
    try:
        read = msgspec.json.decode(body, type=_Body).answers
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(str(error)) from None
    if not 0 < len(read) <= MOST_ANSWERS:
        raise Unreadable(f"1 to {MOST_ANSWERS:,} answers stand in a body")
    return tuple(read_one(one, f"answers[{place}]") for place, one in enumerate(read))


def read_one(one: AnswerRead, where: str) -> Answer:
    """Return one answer, or raise Unreadable naming the place."""
    try:
        return one.answer()
    except Malformed as error:
        raise Unreadable(f"{where}: {error.reason}") from None
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{where}: {error}") from None

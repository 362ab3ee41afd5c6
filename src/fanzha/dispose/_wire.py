"""JSON format of instructions and answers, with a version and times in ISO 8601.

docs/reference/dispose.md describes the fields for implementers of receivers.
"""

from typing import Any, Literal

import msgspec

from fanzha.base.clock import iso, moment_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.dispose._answer import Answer, AnswerState, Proof
from fanzha.dispose._instruction import Instruction, Target
from fanzha.processes.legal_basis import legal_basis_words

ORDER, ANSWER = "fanzha.order.v1", "fanzha.answer.v1"
LONGEST_BODY = 4_194_304
MOST_ANSWERS = 10_000


class UnreadableAnswer(ValueError):
    """The answer does not follow docs/reference/dispose.md; the text names the position."""


def order_payload(instruction: Instruction, undo: Words | None = None) -> dict[str, Any]:
    """Return an instruction as a JSON object; with `undo`, its withdrawal and the reason."""
    reason = undo or instruction.reason
    return {
        "type": ORDER,
        "undo": undo is not None,
        "order": instruction.order,
        "leg": instruction.leg,
        "action": instruction.action.value,
        "targets": [_target_payload(target) for target in instruction.targets],
        "scope": {name: value for name, value in instruction.scope._asdict().items() if value},
        "fraud_type": instruction.fraud_type,
        "issuer": instruction.issuer,
        "receiver": instruction.receiver,
        "given_at": iso(instruction.given_at),
        "until": iso(instruction.until),
        "answer_by": iso(instruction.answer_by) if instruction.answer_by is not None else None,
        "basis": [{"code": code, **_basis(code)._asdict()} for code in instruction.basis],
        "reason": reason._asdict(),
        "approved_by": list(instruction.approved_by),
        "simulated": instruction.simulated,
        "emergency": instruction.emergency,
        "renewal": instruction.renewal,
    }


def _basis(code: str) -> Words:
    return legal_basis_words(code) or Words(code, code)


def _target_payload(target: Target) -> dict[str, Any]:
    holder = {"holder_from": iso(target.holder_from)} if target.holder_from is not None else {}
    return {"kind": target.kind, "value": target.value, **holder}


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


class AnswerMessage(msgspec.Struct, frozen=True):
    """One answer in the JSON format."""

    leg: str
    state: AnswerState
    at: str
    undo: bool = False
    targets: list[_Target] = []
    reason: str = ""
    forwarded_to: str = ""
    proof: _Proof | None = None
    fields: dict[str, Any] = {}
    number: int | None = None

    def answer(self) -> Answer:
        """Convert to an Answer; raise ValueError or Malformed."""
        return Answer(
            leg=self.leg,
            state=self.state,
            at=moment_ms(self.at),
            undo=self.undo,
            targets=tuple(
                Target(target.kind, target.value, moment_ms(target.holder_from) if target.holder_from else None)
                for target in self.targets
            ),
            reason=self.reason[:1_000],
            forwarded_to=self.forwarded_to,
            proof=self.proof.proof() if self.proof else None,
            fields=self.fields,
            number=self.number,
        )


class _Body(msgspec.Struct, frozen=True):
    type: Literal["fanzha.answer.v1"]
    answers: list[AnswerMessage]


def parse_answers(body: bytes) -> tuple[Answer, ...]:
    """Parse the body of an answer; raise UnreadableAnswer."""
    if len(body) > LONGEST_BODY:
        raise UnreadableAnswer(f"longer than {LONGEST_BODY:,} bytes")
    try:
        messages = msgspec.json.decode(body, type=_Body).answers
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableAnswer(str(error)) from None
    if not 0 < len(messages) <= MOST_ANSWERS:
        raise UnreadableAnswer(f"1 to {MOST_ANSWERS:,} answers stand in a body")
    return tuple(parse_answer(message, f"answers[{index}]") for index, message in enumerate(messages))


def parse_answer(message: AnswerMessage, position: str) -> Answer:
    """Convert one message to an Answer; raise UnreadableAnswer with its position."""
    try:
        return message.answer()
    except Malformed as error:
        raise UnreadableAnswer(f"{position}: {error.reason}") from None
    except (ValueError, OverflowError) as error:
        raise UnreadableAnswer(f"{position}: {error}") from None

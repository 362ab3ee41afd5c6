"""Limit a line: it places no more calls and texts, but can be called, call for help, and reach whoever can lift it.

Incoming calls, emergency numbers, 96110 and the carrier's line stay open (design §5); screens see to it
(`fanzha.claims.kept_lines`). Where the carrier's own switch limits the line, the instruction goes to him instead.
"""

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose._action import Action
from fanzha.dispose._channel import Dispatch, DisposalChannel, Endpoint, Example
from fanzha.dispose._decisions import decided, withdrawn
from fanzha.dispose._examples import order
from fanzha.dispose._instruction import Instruction

_ID = "01JN7Z0000EXAMPLEORDER0001/carrier-a/phone_number:+8617000000001"


class NumberLimit(DisposalChannel):
    """Makes a decision that holds for all that the number sends, wherever and by whatever service."""

    name = "number_limit"
    title = Words("限制呼出", "limit on a line")
    tells = Words(
        "作为决定写入快照：停止呼出；保留来电、紧急呼叫、96110与运营商客服。",
        "A decision in the snapshot: no outgoing calls; incoming, emergency, 96110 and the carrier's line stay open.",
    )
    standard = "docs/reference/snapshot.md"
    goes = "snapshot"
    actions = frozenset({Action.LIMIT_OUTGOING})
    kinds = frozenset({"phone_number"})
    receivers = frozenset({"carrier", "mvno"})
    proof = Words("查询在用快照中的条目", "the entry in the snapshot that is served")
    examples = (
        Example(
            Words("限制一个号码呼出", "a number places no more calls"),
            order(Action.LIMIT_OUTGOING, ("phone_number", "+8617000000001")),
            gives={"decisions": {_ID: {"treatment": "refuse", "direction": "outgoing", "service": "", "ingress": ""}}},
        ),
        Example(
            Words("限制呼出不能只限一种业务", "a limit is not for one service alone"),
            order(Action.LIMIT_OUTGOING, ("phone_number", "+8617000000001"), scope=VerdictScope(service="voice")),
            refused="whole",
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: Endpoint, at: int) -> Dispatch:
        """Return a decision for each number."""
        if instruction.scope != VerdictScope():
            raise ValueError("a line is limited as a whole: to treat some of its calls is another action")
        return decided(instruction, Treatment.REFUSE, VerdictScope(direction="outgoing"), at)

    def undo(self, instruction: Instruction, reason: Words, endpoint: Endpoint, at: int) -> Dispatch:
        """Return the withdrawal of the decisions."""
        return withdrawn(instruction)


CHANNEL = NumberLimit()

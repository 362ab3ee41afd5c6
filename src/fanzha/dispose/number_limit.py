"""Limit a line: outgoing calls and texts are refused by the receiver's screens.

Incoming calls, emergency numbers, 96110 and the carrier's line stay open. Where the carrier's own switch
limits the line, use another channel.
"""

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose._action import Action
from fanzha.dispose._channel import ChannelEndpoint, ChannelExample, Dispatch, DisposalChannel
from fanzha.dispose._decisions import build_decisions, build_withdrawal
from fanzha.dispose._examples import example_order
from fanzha.dispose._instruction import Instruction

_ID = "01JN7Z0000EXAMPLEORDER0001/carrier-a/phone_number:+8617000000001"


class NumberLimit(DisposalChannel):
    """Builds a decision that applies to all outgoing traffic of the number, for any service and ingress."""

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
        ChannelExample(
            Words("限制一个号码呼出", "a number places no more calls"),
            example_order(Action.LIMIT_OUTGOING, ("phone_number", "+8617000000001")),
            gives={"decisions": {_ID: {"treatment": "refuse", "direction": "outgoing", "service": "", "ingress": ""}}},
        ),
        ChannelExample(
            Words("限制呼出不能只限一种业务", "a limit is not for one service alone"),
            example_order(
                Action.LIMIT_OUTGOING, ("phone_number", "+8617000000001"), scope=VerdictScope(service="voice")
            ),
            refused="whole",
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a decision for each number."""
        if instruction.scope != VerdictScope():
            raise ValueError("a line is limited as a whole: to treat some of its calls is another action")
        return build_decisions(instruction, Treatment.REFUSE, VerdictScope(direction="outgoing"), at)

    def undo(self, instruction: Instruction, reason: Words, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return the withdrawal of the decisions."""
        return build_withdrawal(instruction)


CHANNEL = NumberLimit()

"""Treat the calls of a number one by one: the receiver's screens label, withhold, refuse or allow them."""

from fanzha.base.words import Words
from fanzha.claims.snapshot_entry import HOUR_MS
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose._action import TREATMENTS, Action
from fanzha.dispose._channel import ChannelEndpoint, ChannelExample, Dispatch, DisposalChannel
from fanzha.dispose._decisions import build_decisions, build_withdrawal
from fanzha.dispose._examples import GIVEN_AT, example_order
from fanzha.dispose._instruction import Instruction

_ID = "01JN7Z0000EXAMPLEORDER0001/carrier-a/phone_number:+8617000000001"


class NumberTreatment(DisposalChannel):
    """Builds a decision for the outgoing calls of each number; scope `incoming` means calls to the number."""

    name = "number_treatment"
    title = Words("号码处置", "number treatment")
    tells = Words(
        "作为决定写入快照，数据面在一秒内按来电执行；到期或撤回即失效。",
        "A decision in the snapshot, which screens act on within a second, call by call; it ends or is withdrawn.",
    )
    standard = "docs/reference/snapshot.md"
    goes = "snapshot"
    actions = TREATMENTS
    kinds = frozenset({"phone_number", "short_code"})
    receivers = frozenset({"carrier", "mvno"})
    proof = Words(
        "查询在用快照中的条目；拨测呼叫未到达",
        "the entry in the snapshot that is served; a test call that does not arrive",
    )
    examples = (
        ChannelExample(
            Words("拒绝一个号码来自国际关口局的呼叫", "calls of a number are refused at the international gateway"),
            example_order(
                Action.REFUSE, ("phone_number", "+8617000000001"), scope=VerdictScope(ingress="international_gateway")
            ),
            gives={
                "decisions": {
                    _ID: {"treatment": "refuse", "direction": "outgoing", "ingress": "international_gateway"},
                }
            },
        ),
        ChannelExample(
            Words("申诉成立后放行", "let pass after an objection was upheld"),
            example_order(Action.ALLOW, ("phone_number", "+8617000000001")),
            gives={"decisions": {_ID: {"level": "clear", "treatment": "allow"}}},
        ),
        ChannelExample(
            Words(
                "半小时：快照写到下一整点，到期即撤回",
                "half an hour: until the full hour, withdrawn at its end",
            ),
            example_order(Action.REFUSE, ("phone_number", "+8617000000001"), until=GIVEN_AT + 1_800_000),
            gives={"decisions": {_ID: {"until": (GIVEN_AT // HOUR_MS + 1) * HOUR_MS}}},
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a decision for each number."""
        scope = instruction.scope
        target_scope = VerdictScope(scope.direction or "outgoing", scope.service, scope.ingress)
        return build_decisions(instruction, Treatment(instruction.action), target_scope, at)

    def undo(self, instruction: Instruction, reason: Words, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return the withdrawal of the decisions."""
        return build_withdrawal(instruction)


CHANNEL = NumberTreatment()

"""Block the name of a website at resolvers: the name and all below it, in the zone that the receiver's resolvers load.

An address is refused: other sites may stand behind it. So is a name that many registrants share, as `github.io`.
"""

import msgspec

from fanzha.base.words import Words
from fanzha.claims.policy_zone import encode_name
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import VerdictScope
from fanzha.dispose._action import Action
from fanzha.dispose._channel import ChannelEndpoint, ChannelExample, Dispatch, DisposalChannel
from fanzha.dispose._decisions import build_decisions, build_withdrawal
from fanzha.dispose._examples import example_order
from fanzha.dispose._instruction import Instruction
from fanzha.kinds.website import is_address, registrable

_ID = "01JN7Z0000EXAMPLEORDER0001/carrier-a/website:bank-a.example"


class ResponseZone(DisposalChannel):
    """Builds a decision for each name; the site writes them to the zone, and the zone server notifies the resolvers."""

    name = "response_zone"
    title = Words("域名解析阻断", "blocking at resolvers")
    tells = Words(
        "将域名写入本系统的响应策略区（RPZ），由接收单位的解析服务器以增量方式加载；访问者由明文 HTTP 转到说明页面。",
        "The name enters the response-policy zone of this site, which the receiver's resolvers load by increments; "
        "plain HTTP leads to the page that says why.",
    )
    standard = "DNS Response Policy Zones; RFC 1995, 5936, 1996, 8945, 8976"
    goes = "zone"
    actions = frozenset({Action.BLOCK_ACCESS})
    kinds = frozenset({"website"})
    receivers = frozenset({"isp", "carrier", "mvno"})
    proof = Words("从至少两处探测该网站", "probes of the site from two places at least")
    examples = (
        ChannelExample(
            Words("阻断仿冒银行网站", "an imitated bank is blocked"),
            example_order(Action.BLOCK_ACCESS, ("website", "bank-a.example")),
            gives={"decisions": {_ID: {"subject_kind": "website", "subject": "bank-a.example", "treatment": "refuse"}}},
        ),
        ChannelExample(
            Words("IP 地址背后可能还有其他网站", "other sites may stand behind an address"),
            example_order(Action.BLOCK_ACCESS, ("website", "192.0.2.7")),
            refused="other sites may stand behind",
        ),
        ChannelExample(
            Words("托管平台的公共后缀不能整体阻断", "the suffix of a hosting service is not blocked as a whole"),
            example_order(Action.BLOCK_ACCESS, ("website", "github.io")),
            refused="many registrants",
        ),
    )

    def instruct(self, instruction: Instruction, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return a decision for each name."""
        for target in instruction.targets:
            check_zone_name(target.value)
        return _end_at(build_decisions(instruction, Treatment.REFUSE, VerdictScope(), at), instruction.until)

    def undo(self, instruction: Instruction, reason: Words, endpoint: ChannelEndpoint, at: int) -> Dispatch:
        """Return the withdrawal of the decisions."""
        return build_withdrawal(instruction)


def check_zone_name(name: str) -> None:
    """Raise ValueError if a name cannot be blocked at resolvers."""
    if is_address(name):
        raise ValueError(f"other sites may stand behind {name}: resolvers block names, no addresses")
    if not registrable(name):
        raise ValueError(f"many registrants have names below {name}: name the site itself")
    encode_name(name)


def _end_at(dispatch: Dispatch, until: int) -> Dispatch:
    """Return decisions that end at `until` (UTC ms): a zone, other than a snapshot, knows exact ends."""
    ending = {id: msgspec.structs.replace(decision, until=until) for id, decision in dispatch.decisions.items()}
    return dispatch._replace(decisions=ending)


CHANNEL = ResponseZone()

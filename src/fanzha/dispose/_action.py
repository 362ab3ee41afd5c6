"""Actions that may be ordered on a subject, with their legal basis and the organisations that execute them."""

from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words


class Action(StrEnum):
    """Actions of an order. The first four treat single calls and texts, the others limit a subject."""

    ALLOW = "allow"
    LABEL = "label"
    WITHHOLD = "withhold"
    REFUSE = "refuse"
    LIMIT_OUTGOING = "limit_outgoing"
    LIMIT_DESTINATIONS = "limit_destinations"
    STOP_LINE = "stop_line"
    STOP_SENDING = "stop_sending"
    LIMIT_ACCOUNT = "limit_account"
    CLOSE_ACCOUNT = "close_account"
    BLOCK_ACCESS = "block_access"
    TAKE_DOWN = "take_down"
    REMOVE_APP = "remove_app"
    STOP_PAYMENT = "stop_payment"


TREATMENTS = frozenset({Action.ALLOW, Action.LABEL, Action.WITHHOLD, Action.REFUSE})


class ActionSpec(NamedTuple):
    """One action: title, kinds of subject, executing organisations, legal basis, and what remains available."""

    title: Words
    kinds: tuple[str, ...]
    by: tuple[str, ...]  # kinds of organisation of fanzha.processes.roles
    law: tuple[str, ...]  # codes of fanzha.processes.legal_basis
    keeps: Words  # what remains available to the person concerned


_NUMBERS = ("phone_number", "short_code")
_NETWORKS = ("carrier", "mvno")
_PASSING = Words(
    "逐次来电、短信在当下处置，号码本身不受限", "single calls and texts are treated; the number is not limited"
)
_OBJECT = Words("可申诉；申诉成立即恢复", "objection; restored at once when it is upheld")
_KEEPS = Words(
    "保留来电、紧急呼叫、96110与运营商客服", "incoming calls, emergency calls, 96110 and the carrier's line stay open"
)

ACTION_SPECS: dict[Action, ActionSpec] = {
    Action.ALLOW: ActionSpec(Words("放行", "allow"), _NUMBERS, _NETWORKS, ("ATF32",), _PASSING),
    Action.LABEL: ActionSpec(Words("提示", "label"), _NUMBERS, _NETWORKS, ("ATF13", "ATF32"), _PASSING),
    Action.WITHHOLD: ActionSpec(
        Words("隐藏号码", "withhold the number"), _NUMBERS, _NETWORKS, ("ATF13", "ATF32"), _PASSING
    ),
    Action.REFUSE: ActionSpec(Words("拒绝呼叫", "refuse calls"), _NUMBERS, _NETWORKS, ("ATF13", "ATF32"), _PASSING),
    Action.LIMIT_OUTGOING: ActionSpec(
        Words("限制呼出", "limit outgoing service"), ("phone_number", "sim_card"), _NETWORKS, ("ATF11", "ATF32"), _KEEPS
    ),
    Action.LIMIT_DESTINATIONS: ActionSpec(
        Words("限制通信对象", "limit destinations"), ("phone_number", "sim_card"), _NETWORKS, ("ATF12",), _KEEPS
    ),
    Action.STOP_LINE: ActionSpec(Words("停用线路", "stop a line"), ("trunk",), _NETWORKS, ("ATF13", "ATF14"), _OBJECT),
    Action.STOP_SENDING: ActionSpec(
        Words("停止短信端口发送", "stop a sender of texts"),
        ("short_code", "phone_number"),
        ("aggregator", *_NETWORKS),
        ("ATF14", "ATF32"),
        _OBJECT,
    ),
    Action.LIMIT_ACCOUNT: ActionSpec(
        Words("限制账号功能", "limit an account"), ("account",), ("platform",), ("ATF22", "ATF32"), _OBJECT
    ),
    Action.CLOSE_ACCOUNT: ActionSpec(
        Words("关闭账号", "close an account"), ("account",), ("platform",), ("ATF22", "ATF32"), _OBJECT
    ),
    Action.BLOCK_ACCESS: ActionSpec(
        Words("阻断访问", "block access"), ("website", "host"), ("isp", *_NETWORKS), ("ATF24", "ATF32"), _OBJECT
    ),
    Action.TAKE_DOWN: ActionSpec(
        Words("下线网站", "take a site down"), ("website", "host"), ("isp", "platform"), ("ATF25", "ATF32"), _OBJECT
    ),
    Action.REMOVE_APP: ActionSpec(
        Words("下架应用", "remove an app"), ("app",), ("platform", "isp"), ("ATF23", "ATF32"), _OBJECT
    ),
    Action.STOP_PAYMENT: ActionSpec(
        Words("止付", "stop a payment"),
        ("payment_account",),
        ("bank",),
        ("ATF20",),
        Words("到期自动解除；可申诉", "ends by itself; objection"),
    ),
}

"""Say what is done to somebody: the heading of a notice, the words of its text, and the legal basis, by the action.

Only single calls and texts are treated, and the number keeps working: such a notice never says that it is limited.
"""

from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.command.orders.selectors import APPROVAL_EVENTS
from fanzha.dispose import ACTION_SPECS, TREATMENTS, Action
from fanzha.processes.legal_basis import group_bases
from fanzha.processes.process import Process

#: A basis that is a rule of the house and no law.
_HOUSE_RULE = "POL"


class MeasureWords(NamedTuple):
    """A measure as its holder reads it: as a heading, and in a text about the number that ends in `{end}`."""

    heading: Words
    text: Words


_LIMITED = Words("尾号{end}已被限制", "the number ending {end} is limited")
#: Where the process has no action of an order.
OTHER = MeasureWords(Words("您的使用受到限制", "You are limited"), _LIMITED)
MEASURES: dict[Action, MeasureWords] = {
    Action.ALLOW: MeasureWords(
        Words("您的来电照常接续", "Calls from your number pass"),
        Words("尾号{end}的来电照常接续", "calls from the number ending {end} pass"),
    ),
    Action.LABEL: MeasureWords(
        Words("您的来电会附带风险提示", "Calls from your number carry a warning"),
        Words("尾号{end}的来电已附加风险提示，号码未停用", "calls from the number ending {end} carry a warning"),
    ),
    Action.WITHHOLD: MeasureWords(
        Words("您的来电不向对方显示号码", "Your number is not shown to those whom you call"),
        Words("尾号{end}的来电已不显示号码，号码未停用", "calls from the number ending {end} do not show it"),
    ),
    Action.REFUSE: MeasureWords(
        Words("您的来电被拦截", "Calls from your number are refused"),
        Words("尾号{end}的来电已被拦截，号码未停用", "calls from the number ending {end} are refused"),
    ),
    Action.LIMIT_OUTGOING: MeasureWords(
        Words("您的号码被限制呼出", "Outgoing calls and texts of your number are limited"), _LIMITED
    ),
    Action.LIMIT_DESTINATIONS: MeasureWords(
        Words("您的号码被限制通信对象", "Your number reaches certain destinations only"), _LIMITED
    ),
    Action.STOP_LINE: MeasureWords(Words("您的语音线路被停用", "Your voice line is stopped"), _LIMITED),
    Action.STOP_SENDING: MeasureWords(Words("您的短信端口被停止发送", "Your sender of texts is stopped"), _LIMITED),
    Action.LIMIT_ACCOUNT: MeasureWords(Words("您的账号功能被限制", "Functions of your account are limited"), _LIMITED),
    Action.CLOSE_ACCOUNT: MeasureWords(Words("您的账号被关闭", "Your account is closed"), _LIMITED),
    Action.BLOCK_ACCESS: MeasureWords(Words("您的网站被阻断访问", "Access to your site is blocked"), _LIMITED),
    Action.TAKE_DOWN: MeasureWords(Words("您的网站被下线", "Your site is taken down"), _LIMITED),
    Action.REMOVE_APP: MeasureWords(Words("您的应用被下架", "Your app is removed from stores"), _LIMITED),
    Action.STOP_PAYMENT: MeasureWords(Words("您账户的付款被暂停", "A payment of your account is stopped"), _LIMITED),
}
_TREATMENT_ENDED = Words("对您来电的处置已结束或正在解除", "The treatment of your calls has ended, or is being lifted")
_LIMIT_ENDED = Words("限制已结束或正在解除", "The limit has ended, or is being lifted")


def measure_words(measure: str) -> MeasureWords:
    """Return the words of an action (its value), those of any limit for ""."""
    return MEASURES[Action(measure)] if measure else OTHER


def ended_words(measure: str) -> Words:
    """Return the heading of a notice whose measure has ended, or is being lifted."""
    return _TREATMENT_ENDED if measure and Action(measure) in TREATMENTS else _LIMIT_ENDED


def measure_basis(measure: str, process: Process) -> Words:
    """Return the laws on which an order may take a measure, each with all its articles."""
    approval = [code for name in APPROVAL_EVENTS if name in process.events for code in process.events[name].basis]
    codes = dict.fromkeys((*ACTION_SPECS[Action(measure)].law, *sorted(approval)))
    laws = group_bases(code for code in codes if code != _HOUSE_RULE)
    return Words("；".join(law.zh for law in laws), "; ".join(law.en for law in laws))

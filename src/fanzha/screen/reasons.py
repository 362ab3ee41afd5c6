"""Reason codes of treatments, with a text for investigators and another for the person concerned."""

from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.detect.gateway.reasons import GROUNDS
from fanzha.detect.gateway.reasons import GatewayReason as Ruled


class ReasonText(NamedTuple):
    """The texts of a code. `public` is for caller or called party and names no rule and no threshold."""

    words: Words
    public: Words
    meant: Treatment = Treatment.ALLOW
    score: float = 0.0

    def public_words(self, treatment: Treatment) -> Words:
        """Return the public text for an applied treatment; a refusal is mentioned only if the call was refused."""
        if treatment is Treatment.REFUSE:
            return self.public
        return _OTHERWISE.get(self.public, self.public)


_NONE = Words("", "")
_PASSES = Words("正常接续", "put through")
_CHECKED = Words("来电号码存疑，请勿轻信", "The caller's number is doubtful: do not rely on it")
_IMPOSSIBLE = Words("该呼叫的主叫号码不可能真实，谨防诈骗", "The number of this call cannot be real: beware of fraud")
_REFUSED = Words(
    "该呼叫的主叫号码不可能真实，未予接续。如有异议可向本网运营商申诉",
    "The number of this call cannot be real; it was not put through. You can object to the carrier",
)
_ABROAD = Words("境外来电", "Call from abroad")
_CHOSEN = Words(
    "被叫用户已申请拒接境外来电，未予接续。如有异议可向本网运营商申诉",
    "The person you call has asked that calls from abroad be refused. You can object to the carrier",
)
#: What is said instead of a text about a refusal where the call was not refused.
_OTHERWISE = {_REFUSED: _IMPOSSIBLE, _CHOSEN: _ABROAD}

FROM_ABROAD = "from_abroad"
OVERSEAS_REFUSED = "callee_refuses_overseas"
OVERSEAS_ANNOUNCED = "callee_announces_overseas"
EMERGENCY_CALLEE = "emergency_callee"
EMERGENCY_CALL_BACK = "emergency_call_back"
SPARED = "spared"
SUSPECTED = "suspected_number"
WATCHED = "watched_number"
CALLEE_SUSPECTED = "suspected_callee"
DIVERTING_SUSPECTED = "suspected_diverting_number"
DO_NOT_ORIGINATE = "do_not_originate"
PROTECTED = "protected_number"
SIGNATURE_FAILED = "signature_failed"
CALLEE_COSTS = "callee_costs"
RULE = "rule"  # followed by a colon and the rule's name
KILLED, TRUNK_OFF, FAILED, OVERLOADED, LATE = "killed", "trunk_off", "failed", "overloaded", "late"
NO_SNAPSHOT = "no_snapshot"
UNSCREENED_CLOSED = "unscreened_closed"

REASONS: dict[str, ReasonText] = {
    FROM_ABROAD: ReasonText(Words("国际及港澳台来话", "a call from abroad"), _ABROAD, Treatment.LABEL),
    OVERSEAS_REFUSED: ReasonText(
        Words("被叫用户已申请拒接境外来电", "the callee asked that calls from abroad be refused"),
        _CHOSEN,
        Treatment.REFUSE,
    ),
    OVERSEAS_ANNOUNCED: ReasonText(
        Words("被叫用户已申请境外来电提示", "the callee asked that calls from abroad be announced"),
        _ABROAD,
        Treatment.LABEL,
    ),
    EMERGENCY_CALLEE: ReasonText(Words("被叫为紧急号码，始终放行", "an emergency callee: always passes"), _PASSES),
    EMERGENCY_CALL_BACK: ReasonText(
        Words(
            "紧急服务中心以其经证实的号码回呼近期求助者，始终放行",
            "an emergency centre, by a proven number of its own, calls back who called it lately: always passes",
        ),
        _PASSES,
    ),
    SPARED: ReasonText(Words("免扰名单：号码与来源均已证实", "spared: number and origin are proven"), _PASSES),
    SUSPECTED: ReasonText(
        Words("主叫号码研判为涉诈", "the caller's number is suspected of fraud"), _CHECKED, Treatment.REFUSE, 0.9
    ),
    WATCHED: ReasonText(
        Words("主叫号码在关注名单", "the caller's number is being watched"), _CHECKED, Treatment.LABEL, 0.5
    ),
    CALLEE_SUSPECTED: ReasonText(
        Words("被叫号码研判为涉诈（诱导回拨）", "the callee's number is suspected of fraud (call-back bait)"),
        Words("您拨打的号码涉嫌诈骗", "The number you call is suspected of fraud"),
        Treatment.LABEL,
        0.8,
    ),
    DIVERTING_SUSPECTED: ReasonText(
        Words("转移该呼叫的号码研判为涉诈", "a number that diverted the call is suspected of fraud"),
        _CHECKED,
        Treatment.LABEL,
        0.7,
    ),
    DO_NOT_ORIGINATE: ReasonText(
        Words("该号码从不外呼", "this number never places calls"), _REFUSED, Treatment.REFUSE, 0.95
    ),
    PROTECTED: ReasonText(
        Words(
            "声称受保护号码（机关、银行等），来源未证明其有权使用",
            "shows a protected number (an authority's, a bank's) that its origin was not proven to hold",
        ),
        _CHECKED,
        Treatment.LABEL,
        0.7,
    ),
    SIGNATURE_FAILED: ReasonText(
        Words("主叫号码的签名未通过核验", "the signature of the caller's number failed verification"),
        _CHECKED,
        Treatment.LABEL,
        0.6,
    ),
    CALLEE_COSTS: ReasonText(
        Words("被叫为境外高额资费号段", "the callee is a premium-rate number abroad"),
        Words("您拨打的是境外高额资费号码，可能产生高额话费", "You are calling a premium-rate number abroad"),
        Treatment.LABEL,
        0.4,
    ),
    RULE: ReasonText(Words("实时规则命中", "a rule in the moment fired"), _CHECKED, Treatment.LABEL, 0.7),
    KILLED: ReasonText(Words("已拉下紧急开关，未经筛查", "a kill switch is thrown: not screened"), _PASSES),
    TRUNK_OFF: ReasonText(Words("该中继不筛查", "this trunk is not screened"), _PASSES),
    LATE: ReasonText(Words("等候过久，未经筛查", "it waited too long: not screened"), _PASSES),
    FAILED: ReasonText(Words("筛查出错，未经筛查", "screening failed: not screened"), _PASSES),
    OVERLOADED: ReasonText(Words("过载，未经筛查", "overloaded: not screened"), _PASSES),
    NO_SNAPSHOT: ReasonText(
        Words("无可用快照，名单未经核对", "there is no snapshot: lists were not looked at"), _PASSES
    ),
    UNSCREENED_CLOSED: ReasonText(
        Words("未经筛查，该中继设为拒绝", "not screened, and the trunk refuses what is not"), _REFUSED, Treatment.REFUSE
    ),
    **{
        ruled.name.lower(): ReasonText(
            ground.words,
            _REFUSED if ground.treatment == Treatment.REFUSE else _CHECKED,
            Treatment(ground.treatment),
            ground.score,
        )
        for ruled, ground in GROUNDS.items()
    },
}


def guard_code(ruled: int) -> str:
    """Return the code of a gateway guard reason."""
    return _CODES[ruled]


_CODES = {int(ruled): ruled.name.lower() for ruled in Ruled}


def describe_reason(code: str) -> ReasonText:
    """Return the text of a code; for a rule it includes the rule's name."""
    name, _, rule = code.partition(":")
    reason = REASONS[name]
    if not rule:
        return reason
    return reason._replace(words=Words(f"{reason.words.zh}：{rule}", f"{reason.words.en}: {rule}"))

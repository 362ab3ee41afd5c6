"""Reasons to attribute a call to its trunk: wording, score and suggested treatment of each."""

from dataclasses import dataclass
from enum import IntEnum

from fanzha.base.words import Words


class GatewayReason(IntEnum):
    """Reason codes; 0 is no reason."""

    NONE = 0
    DISGUISED_FROM_ABROAD = 1
    EMERGENCY_FROM_ABROAD = 2
    SERVICE_FROM_ABROAD = 3
    PORT_FROM_ABROAD = 4
    HOTLINE_FROM_ABROAD = 5
    FIXED_FROM_ABROAD = 6
    IMPOSSIBLE_FROM_ABROAD = 7
    MOBILE_NOT_ROAMING = 8
    MOBILE_UNPROVEN = 9
    UNASSIGNED_ABROAD = 10
    PREMIUM_FROM_ABROAD = 11
    IRREGULAR_FROM_ABROAD = 12
    PORT_CALLS = 13
    EMERGENCY_ON_LINE = 14
    IOT_CALLS = 15
    DISGUISED_AT_HOME = 16
    IMPOSSIBLE_AT_HOME = 17


@dataclass(frozen=True)
class GatewayGround:
    """Wording of a reason, score of one such call, and suggested treatment."""

    words: Words
    score: float
    treatment: str


_NOT_ABROAD = "，此类号码不可能从境外呼入"
GROUNDS: dict[GatewayReason, GatewayGround] = {
    GatewayReason.DISGUISED_FROM_ABROAD: GatewayGround(
        Words("境外来话伪装成境内受保护号码或境内号码", "calls from abroad disguised as a protected or home number"),
        0.9,
        "refuse",
    ),
    GatewayReason.EMERGENCY_FROM_ABROAD: GatewayGround(
        Words(f"境外来话声称紧急号码{_NOT_ABROAD}", "calls from abroad claim an emergency number, which cannot be"),
        0.9,
        "refuse",
    ),
    GatewayReason.SERVICE_FROM_ABROAD: GatewayGround(
        Words(
            f"境外来话声称 95、96、1 字头服务短号{_NOT_ABROAD}",
            "calls from abroad claim a service short number, which cannot be",
        ),
        0.85,
        "refuse",
    ),
    GatewayReason.PORT_FROM_ABROAD: GatewayGround(
        Words(f"境外来话声称 106 短信端口号{_NOT_ABROAD}", "calls from abroad claim a 106 text port, which cannot be"),
        0.85,
        "refuse",
    ),
    GatewayReason.HOTLINE_FROM_ABROAD: GatewayGround(
        Words(
            f"境外来话声称 400/800 号码{_NOT_ABROAD}", "calls from abroad claim a 400 or 800 number, which cannot be"
        ),
        0.85,
        "refuse",
    ),
    GatewayReason.FIXED_FROM_ABROAD: GatewayGround(
        Words(f"境外来话声称境内固定电话{_NOT_ABROAD}", "calls from abroad claim a home fixed line, which cannot be"),
        0.8,
        "refuse",
    ),
    GatewayReason.IMPOSSIBLE_FROM_ABROAD: GatewayGround(
        Words("境外来话的主叫号码不可能存在", "calls from abroad claim numbers that cannot exist"), 0.7, "refuse"
    ),
    GatewayReason.MOBILE_NOT_ROAMING: GatewayGround(
        Words(
            "境外来话声称境内移动号码，而该号码已证实不在境外漫游",
            "calls from abroad claim home mobiles proven not to roam abroad",
        ),
        0.9,
        "refuse",
    ),
    GatewayReason.MOBILE_UNPROVEN: GatewayGround(
        Words(
            "境外来话声称境内移动号码，没有漫游证明（可能是真实漫游用户）",
            "calls from abroad claim home mobiles without proof of roaming (they may be genuine roamers)",
        ),
        0.3,
        "label",
    ),
    GatewayReason.UNASSIGNED_ABROAD: GatewayGround(
        Words(
            "主叫号码在所属国家或地区未分配（号码资料可能滞后）",
            "numbers not assigned in the country or region they claim (plan data may lag behind)",
        ),
        0.35,
        "label",
    ),
    GatewayReason.PREMIUM_FROM_ABROAD: GatewayGround(
        Words(
            "主叫为境外高额资费号码，回拨即损失", "premium-rate numbers of other countries: calling back costs money"
        ),
        0.45,
        "label",
    ),
    GatewayReason.IRREGULAR_FROM_ABROAD: GatewayGround(
        Words(
            "境外来话的主叫号码不规则（没有国家码，或夹有字母），不能确定是谁的号码",
            "irregular numbers from abroad, without a country code or with letters: whose they are cannot be told",
        ),
        0.3,
        "label",
    ),
    GatewayReason.PORT_CALLS: GatewayGround(
        Words(
            "106 短信端口号作为语音主叫，此类号码从不呼叫", "a 106 text port places voice calls, which it never does"
        ),
        0.75,
        "label",
    ),
    GatewayReason.EMERGENCY_ON_LINE: GatewayGround(
        Words(
            "专线或网络电话送来紧急号码主叫，线路未证明其有权使用",
            "a leased line or VoIP presents an emergency number that it was not proven to hold",
        ),
        0.7,
        "label",
    ),
    GatewayReason.IOT_CALLS: GatewayGround(
        Words(
            "物联网号码拨打语音电话，该号段不开通语音",
            "IoT numbers place voice calls, though voice is closed on their range",
        ),
        0.5,
        "label",
    ),
    GatewayReason.DISGUISED_AT_HOME: GatewayGround(
        Words("境内来话伪装成受保护号码或境内号码", "home calls disguised as a protected or another number"),
        0.6,
        "label",
    ),
    GatewayReason.IMPOSSIBLE_AT_HOME: GatewayGround(
        Words("境内来话的主叫号码不可能存在", "home calls claim numbers that cannot exist"), 0.45, "label"
    ),
}

#: What was seen of each reason, after "On 3 March 12 calls …" and "3 月 3 日有 12 次…".
SENTENCES: dict[GatewayReason, Words] = {
    GatewayReason.DISGUISED_FROM_ABROAD: Words(
        "境外来话把主叫伪装成境内号码或受保护号码", "from abroad disguised the caller as a home or protected number"
    ),
    GatewayReason.EMERGENCY_FROM_ABROAD: Words(
        "境外来话显示紧急号码，而紧急号码不会从境外呼入",
        "from abroad showed an emergency number, which never calls from there",
    ),
    GatewayReason.SERVICE_FROM_ABROAD: Words(
        "境外来话显示银行、政务等服务短号，而这类号码不会从境外呼入",
        "from abroad showed a service number, such as a bank's, which never calls from there",
    ),
    GatewayReason.PORT_FROM_ABROAD: Words(
        "境外来话显示 106 短信端口号，而这类号码不会打电话", "from abroad showed a 106 text port, which places no calls"
    ),
    GatewayReason.HOTLINE_FROM_ABROAD: Words(
        "境外来话显示 400 或 800 号码，而这类号码不会从境外呼入",
        "from abroad showed a 400 or 800 number, which never calls from there",
    ),
    GatewayReason.FIXED_FROM_ABROAD: Words(
        "境外来话显示境内固定电话，而固定电话不会从境外呼入", "from abroad showed a home landline, which cannot roam"
    ),
    GatewayReason.IMPOSSIBLE_FROM_ABROAD: Words(
        "境外来话显示不存在的号码", "from abroad showed a number that cannot exist"
    ),
    GatewayReason.MOBILE_NOT_ROAMING: Words(
        "境外来话显示境内手机号，而机主并不在境外", "from abroad showed a home mobile number whose phone was not abroad"
    ),
    GatewayReason.MOBILE_UNPROVEN: Words(
        "境外来话显示境内手机号，没有漫游证明，机主也可能确在境外",
        "from abroad showed a home mobile number not proven to roam, perhaps of a genuine traveller",
    ),
    GatewayReason.UNASSIGNED_ABROAD: Words(
        "来话显示所属国家或地区尚未分配的号码", "showed a number that its country or region has not assigned"
    ),
    GatewayReason.PREMIUM_FROM_ABROAD: Words(
        "来话显示境外高额资费号码，回拨就会被扣费",
        "showed a premium-rate number abroad, where calling back costs money",
    ),
    GatewayReason.IRREGULAR_FROM_ABROAD: Words(
        "境外来话的主叫号码残缺或夹有字母，无法判断是谁的号码",
        "from abroad showed a broken number or letters, which do not tell who calls",
    ),
    GatewayReason.PORT_CALLS: Words(
        "呼叫以 106 短信端口号为主叫，而这类号码不会打电话", "showed a 106 text port, which places no calls"
    ),
    GatewayReason.EMERGENCY_ON_LINE: Words(
        "呼叫在专线或网络电话上显示紧急号码，线路未证明有权使用",
        "on a leased line or VoIP showed an emergency number that the line was not proven to hold",
    ),
    GatewayReason.IOT_CALLS: Words(
        "语音呼叫由物联网号码发起，而该号段不开通语音", "came from an IoT number, for which voice is closed"
    ),
    GatewayReason.DISGUISED_AT_HOME: Words(
        "境内来话把主叫伪装成受保护号码或他人号码", "at home disguised the caller as a protected number or another's"
    ),
    GatewayReason.IMPOSSIBLE_AT_HOME: Words("境内来话显示不存在的号码", "at home showed a number that cannot exist"),
}

INGRESS_WORDS: dict[str, Words] = {
    "international_gateway": Words("国际关口局", "international gateway"),
    "interconnect": Words("网间互联", "interconnect"),
    "leased_line": Words("语音专线", "leased line"),
    "mobile": Words("移动网", "mobile network"),
    "voip": Words("网络电话", "VoIP"),
    "": Words("未知入口", "unknown ingress"),
}
TREATMENT_WORDS: dict[str, Words] = {
    "allow": Words("放行", "allow"),
    "label": Words("提示", "label"),
    "withhold": Words("隐藏号码", "withhold the number"),
    "refuse": Words("拒绝", "refuse"),
}


def stronger_reason(first: int, second: int) -> int:
    """Return the reason code with the higher score, the first one if both score the same."""
    if not second or first == second:
        return first
    return second if not first or GROUNDS[GatewayReason(second)].score > GROUNDS[GatewayReason(first)].score else first

"""Worked examples: spoofed calls and legitimate look-alikes, with numbers from unassigned ranges."""

from collections.abc import Mapping

from fanzha.base.words import Words
from fanzha.detect import Example

CALLEE = "+8619100000990"


def call(caller: str, ingress: str, **fields: object) -> Mapping[str, object]:
    """Return the row of a fictitious call."""
    number = fields.pop("number", 1)
    return {"call_id": f"call-{number}", "caller": caller, "callee": CALLEE, "ingress": ingress, **fields}


def call_from_abroad(caller: str, **fields: object) -> Mapping[str, object]:
    """Return the row of a fictitious call over an international trunk."""
    return call(caller, "international_gateway", **{"trunk": "IGW-FIC-07", **fields})


def expected_finding(subject_kind: str, subject: str, score: float) -> Mapping[str, object]:
    """Return the expected fields of a finding."""
    return {"subject_kind": subject_kind, "subject": subject, "score": score, "fraud_type": "caller_id_spoofing"}


TRUNK = expected_finding("trunk", "IGW-FIC-07", 0.8)
CALL_1 = expected_finding("call", "call-1", 0.8)

EXAMPLES = (
    Example(
        title=Words(
            "境外中继一天内多次声称银行和客服短号：一条线索", "bank numbers from abroad, many calls: one finding"
        ),
        table="call_offered",
        rows=tuple(call_from_abroad(caller, number=n) for n, caller in enumerate(["95588", "95533", "10086", "95588"])),
        finds=(TRUNK,),
    ),
    Example(
        title=Words("伪装成 110 的国际格式号码", "110 disguised behind country code, area code and zeros"),
        table="call_offered",
        rows=tuple(call_from_abroad(caller) for caller in ("+8610110", "0086110", "+8600110", "0000110")),
        finds=(TRUNK,),
    ),
    Example(
        title=Words(
            "境外来话声称固话、400 和 106：原因不同，各成一条；各只一次，不指向中继",
            "fixed, 400 and 106 from abroad: a finding for each reason; one call each does not accuse the trunk",
        ),
        table="call_offered",
        rows=(call_from_abroad("+861000000000"), call_from_abroad("4000000000"), call_from_abroad("10690000000")),
        finds=(CALL_1, CALL_1, CALL_1),
    ),
    Example(
        title=Words("没有中继信息时只指向该次呼叫", "without a trunk the call itself is named"),
        table="call_offered",
        rows=(call("+86 95588", "international_gateway"),),
        finds=(expected_finding("call", "call-1", 0.9),),
    ),
    Example(
        title=Words("境内手机号从境外呼入，已证实不在漫游", "a home mobile from abroad, proven not to roam"),
        table="call_offered",
        rows=(call_from_abroad("+8619100000101", roaming="disproven"),),
        finds=(expected_finding("call", "call-1", 0.9),),
    ),
    Example(
        title=Words(
            "境内手机号从境外呼入，没有漫游证明：低分，隐藏号码", "a home mobile from abroad without proof: low score"
        ),
        table="call_offered",
        rows=(call_from_abroad("+8619100000101"),),
        finds=(expected_finding("call", "call-1", 0.3),),
    ),
    Example(
        title=Words("不可能的号码从境外呼入", "impossible numbers from abroad"),
        table="call_offered",
        rows=(call_from_abroad("+999123456789"), call_from_abroad("+86 191 0000 01012")),
        finds=(expected_finding("call", "call-1", 0.7),),
    ),
    Example(
        title=Words(
            "语音专线送出 106 端口号：指向已证实的线路号码",
            "a leased line presents a 106 port: its proven number is named",
        ),
        table="call_offered",
        rows=(call("10690000000", "leased_line", trunk="LL-FIC-3", proven_caller="+861000000000"),),
        finds=(expected_finding("phone_number", "+861000000000", 0.7),),
    ),
    Example(
        title=Words("物联网号码打电话", "an IoT number places voice calls"),
        table="call_offered",
        rows=(call("1064800000000", "mobile", proven_caller="+861064800000000"),),
        finds=(expected_finding("phone_number", "+861064800000000", 0.5),),
    ),
    Example(
        title=Words("境外来话以字母代替号码：低分", "letters in place of a number, from abroad: low score"),
        table="call_offered",
        rows=(call_from_abroad("ICBC"), call_from_abroad("95588A")),
        finds=(expected_finding("call", "call-1", 0.3),),
    ),
    Example(
        title=Words(
            "一百次正常来话中两次声称固话：指向呼叫，不指向中继",
            "two fixed numbers among a hundred honest calls: the call is named, not the trunk",
        ),
        table="call_offered",
        rows=(
            *(call_from_abroad("+44 20 7946 0958", number=n) for n in range(100)),
            *(call_from_abroad("+861000000000", number=n) for n in (200, 201)),
        ),
        finds=(expected_finding("call", "call-201", 0.8),),
    ),
    Example(
        title=Words(
            "一百次来话中十五次声称客服短号：指向中继，按占比评分",
            "a bank's number in fifteen of a hundred calls: the trunk is named",
        ),
        table="call_offered",
        rows=(
            *(call_from_abroad("+44 20 7946 0958", number=n) for n in range(85)),
            *(call_from_abroad("95588", number=n) for n in range(100, 115)),
        ),
        finds=(TRUNK,),
    ),
    Example(
        title=Words("真实漫游用户", "a genuine roamer"),
        table="call_offered",
        rows=(
            call_from_abroad("+8619100000102", roaming="proven"),
            call_from_abroad("+8619100000103", proven_caller="+8619100000103"),
        ),
    ),
    Example(
        title=Words("真实境外来电", "genuine callers from abroad, Hong Kong among them"),
        table="call_offered",
        rows=tuple(
            call_from_abroad(caller)
            for caller in ("+44 20 7946 0958", "0012025550123", "+852 9123 4567", "85291234567")
        ),
    ),
    Example(
        title=Words("移动网内 110 回拨", "a call-back from 110 inside the mobile network, and one across networks"),
        table="call_offered",
        rows=(call("110", "mobile"), call("110", "interconnect", trunk="IC-FIC-1")),
    ),
    Example(
        title=Words(
            "持证呼叫中心在自己的专线上使用 95 号码", "a licensed call centre uses its 95 number on its own line"
        ),
        table="call_offered",
        rows=(call("95121234", "leased_line", trunk="LL-FIC-4"),),
    ),
    Example(
        title=Words("隐藏号码的来电", "a caller who withholds the number"),
        table="call_offered",
        rows=(
            call_from_abroad("anonymous"),
            call_from_abroad(""),
            {"call_id": "c", "ingress": "international_gateway"},
        ),
    ),
)

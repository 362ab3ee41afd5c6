"""Leased lines whose calls claim changing numbers of many ranges that are not their own (ATF Art. 13)."""

from collections.abc import Sequence
from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import Row, call

TEXT = """
# A switchboard shows the numbers of its own range, an office tower those of its firms, again and again; and a call that
# a switchboard passes on to an absent colleague says that it was diverted.
rule leased_line_misuse "语音专线透传他人号码" "Leased line that shows numbers of others"
  version 1
  law "ATF Art. 13"
  on call_offered
  let claimed = count(call_offered by trunk where proven_caller is not known and diversion is not known, 24h)
  let numbers = distinct(caller of call_offered by trunk
    where proven_caller is not known and diversion is not known, 24h)
  let ranges = distinct(block(caller, 4) of call_offered by trunk
    where proven_caller is not known and diversion is not known, 24h)
  let not_fixed = distinct(caller of call_offered by trunk
    where proven_caller is not known and diversion is not known
      and class(caller) in ("mobile", "mvno", "foreign", "disguised", "emergency"), 24h)
  let evidence = points(
    0.3 when numbers >= 5 and ranges >= 3,
    0.1 when numbers >= 15,
    0.1 when ranges >= 6,
    0.3 when numbers >= 50% * claimed,
    0.2 when not_fixed >= 3)
  when ingress = "leased_line" and proven_caller is not known and diversion is not known
   and numbers >= 5 and ranges >= 3 and evidence >= 0.75
  then find trunk as caller_id_spoofing score evidence
  again after 24h
  sentence "该专线 24 小时内显示 {numbers} 个未经证实的主叫，分属 {ranges} 个号段[，其中 "
         + "{not_fixed} 个并非固话]。"
           "Showed {numbers} numbers in {ranges} ranges in 24 hours, none proven to be its own[; "
         + "{not_fixed|is no landline|are no landlines}]."

# Numbers that take turns, each below every limit of a number: the load is spread over them, strangers are called once,
# few answer, and the numbers hardly take a call. A firm's people talk with the same customers, who answer and call.
# The numbers may well be the line's own, so that this is not said to be spoofing.
rule leased_line_rotation "语音专线轮换号码群呼" "Leased line whose numbers take turns calling strangers"
  version 1
  law "ATF Art. 13"
  on call_ended
  let calls = count(call_ended by trunk where diversion is not known, 24h)
  let callees = distinct(callee of call_ended by trunk where diversion is not known, 24h)
  let numbers = distinct(caller of call_ended by trunk where diversion is not known, 24h)
  let answer_share = share(answered of call_ended by trunk where diversion is not known, 24h)
  let talk = mean(talk_ms of call_ended by trunk where answered and diversion is not known, 24h)
  let placed = count(call_ended by caller, trunk else ingress, 24h)
  let taken = count(call_offered by callee = caller, 24h)
  let evidence = points(
    0.2 when numbers >= 6,
    0.1 when numbers >= 12,
    0.1 when callees >= 85% * calls,
    0.1 when callees >= 93% * calls,
    0.2 when answer_share < 45%,
    0.1 when answer_share < 35%,
    0.1 when talk < 60 s,
    0.1 when taken <= 10% * placed,
    0.1 when placed <= 3 * calls / numbers)
  when ingress = "leased_line" and diversion is not known and class(caller) in ("fixed", "mobile", "mvno")
   and numbers >= 6 and calls >= 40 and callees >= 85% * calls and answer_share < 50% and taken <= 30% * placed
   and evidence >= 0.75
  then find trunk as other score evidence
  again after 24h
  sentence "该专线 {numbers} 个号码轮流外呼，24 小时内呼叫 {callees} 人，接通率 {answer_share}[，平"
         + "均通话 {talk}]。"
           "{numbers} numbers of this line took turns calling {callees|person|people} in 24 hours; "
         + "{answer_share} of the calls were answered[, and the talks lasted {talk} on average]."
"""

LINE: dict[str, Any] = {"ingress": "leased_line", "trunk": "LINE-FIC-01"}


def calls_claiming(callers: Sequence[str], **fields: Any) -> tuple[Row, ...]:
    """Return the events of calls on a leased line, a minute apart, that claim `callers` in turn."""
    calls = (
        call(caller, f"+86{17_000_100_000 + 3_701 * index}", 60 * index, talk_s=20, **LINE | fields)
        for index, caller in enumerate(callers)
    )
    return tuple(row for call_rows in calls for row in call_rows)


def rotating_calls(numbers: int, count: int, *, answered_every: int = 3, **options: Any) -> tuple[Row, ...]:
    """Return calls on a leased line to different people, one number of the line after the other."""
    fields = LINE | {"talk_s": 30} | options
    step, talk_s, start_s = fields.pop("step", 3_701), fields.pop("talk_s"), fields.pop("start_s", 0)
    calls = (
        call(
            f"+8621170009{index % numbers:02d}",
            f"+86{17_000_100_000 + step * index}",
            start_s + 120 * index,
            talk_s=None if index % answered_every else talk_s,
            **fields,
        )
        for index in range(count)
    )
    return tuple(row for call_rows in calls for row in call_rows)


class LeasedLineMisuseDetector(RuleDetector):
    """Names the trunk; the claimed numbers are evidence."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别一天内显示大量未经证实的主叫号码的语音专线：号码跨多个号段，几乎每次呼叫都更换，其中有手机号。同时识"
        "别多个号码轮流拨打陌生人、接通少、少有来电的语音专线。认定对象为专线，所显示的号码仅作证据。",
        "This detector finds leased lines that show many unproven numbers of several ranges within a day, mobiles "
        "among them, and a different number on almost every call. It also finds leased lines whose numbers take "
        "turns calling strangers, when few answer and the numbers hardly receive any calls. It names the line; the "
        "numbers shown are only evidence.",
    )
    examples = (
        Example(
            title=Words("专线十分钟内声称七个手机号", "a line that claims seven mobile numbers within ten minutes"),
            table="call_offered",
            rows=calls_claiming([f"+86170000{n}0041" for n in range(7)]),
            finds=({"subject_kind": "trunk", "subject": "LINE-FIC-01", "score": 0.8},),
        ),
        Example(
            title=Words(
                "专线八个本单位号段的号码轮流拨打陌生人，每号每小时不足四次，少人接听",
                "eight numbers of a line's own range take turns, fewer than four calls an hour each; few answer",
            ),
            table="call_offered",
            rows=rotating_calls(8, 48),
            finds=({"subject_kind": "trunk", "subject": "LINE-FIC-01", "score": 0.7},),
        ),
        Example(
            title=Words(
                "公司专线八个分机致电客户，多数接听",
                "eight extensions of a firm call customers, most of whom answer",
            ),
            table="call_offered",
            rows=rotating_calls(8, 48, answered_every=1, talk_s=90),
        ),
        Example(
            title=Words("办公总机显示本单位号段的分机号", "a switchboard that shows the extensions of its own range"),
            table="call_offered",
            rows=calls_claiming([f"+8621170001{n:02d}" for n in range(16)]),
        ),
        Example(
            title=Words(
                "写字楼专线，各公司反复使用自己的号码", "the line of an office tower: each firm calls as itself"
            ),
            table="call_offered",
            rows=calls_claiming([f"+86211700{n % 6}0042" for n in range(18)]),
        ),
        Example(
            title=Words("总机把客户来电转到外出同事的手机", "a switchboard passes calls on to a colleague's mobile"),
            table="call_offered",
            rows=calls_claiming([f"+86170000{n}0043" for n in range(7)], diversion="+862117000043"),
        ),
    )


DETECTOR = LeasedLineMisuseDetector()

"""Phones that call strangers day after day, each day less than what a single day's rule asks for (ATF Art. 11, 14)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import AT_HOME, Row, outgoing_calls

TEXT = """
# Three days by itself, two where others of its cell do the same. What is older than three days counts half.
rule strangers_for_days "连日呼叫陌生人" "Calls to strangers for days"
  version 1
  law "ATF Art. 11"
  on finding
  let lately = sum(percent of finding by number where rule_name = "strangers_on_a_day", 3 days)
  let in_all = sum(percent of finding by number where rule_name = "strangers_on_a_day", 10 days)
  let noted_days = count(finding by number where rule_name = "strangers_on_a_day", 10 days)
  let neighbours = distinct(number of finding by cell where rule_name = "strangers_on_a_day", 24h)
  let evidence = 0.5 * lately + 0.5 * in_all
  when rule_name = "strangers_on_a_day" and noted_days >= 2
   and (evidence >= 140 or evidence >= 80 and neighbours >= 3)
  then find number as subscriber_fraud score points(
    0.7 when noted_days >= 2,
    0.1 when noted_days >= 3,
    0.1 when neighbours >= 3)
  again after 24h
  sentence "近 10 日有 {noted_days} 天大量呼叫陌生号码[；同小区当日有 {neighbours} 个号码如此]。"
           "Called many strangers on {noted_days|day|days} of the last ten[; numbers in its cell "
         + "that did so today: {neighbours}]."

# Noted once a day and shown to nobody. A courier's talks are brief, and he moves; a shop or an office is called, too,
# and an agent is called back, and does not work by night.
rule strangers_on_a_day "单日呼叫陌生人（仅记录）" "Calls to strangers on one day (noted only)"
  version 1
  law "ATF Art. 11"
  on call_ended
  let calls = count(call_ended by proven_caller, 24h)
  let callees = distinct(callee of call_ended by proven_caller, 24h)
  let taken = count(call_ended by callee = proven_caller, 24h)
  let answer_share = share(answered of call_ended by proven_caller, 24h)
  let talk = mean(talk_ms of call_ended by proven_caller where answered, 24h)
  let by_night = count(call_ended by proven_caller where hour(occurred_at) < 7 or hour(occurred_at) >= 21, 24h)
  let evidence = points(
    0.1 when callees >= 12,
    0.1 when callees >= 25,
    0.1 when taken <= 3% * calls,
    0.1 when distinct(cell of call_ended by proven_caller, 24h) = 1,
    0.2 when answer_share < 50%,
    0.1 when distinct(proven_caller of call_offered by device, 24h) >= 2,
    0.2 when by_night >= 2)
  when ingress = "mobile" and callees >= 12 and callees >= 85% * calls and taken <= 15% * calls
   and distinct(cell of call_ended by proven_caller, 24h) <= 2
   and (callees >= 25 and talk >= 40 s or answer_share < 50%) and evidence > 0.35
  then note proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "24 小时内呼叫 {callees} 个号码，接通率 {answer_share}，接到来电 {taken} 次。"
           "Called {callees|number|numbers} in 24 hours; {answer_share} of the calls were "
         + "answered, and {taken|call|calls} came in."
"""

DAY_S = 86_400
PHONE = "+8617000000281"


def calls_of_a_day(
    day: int, caller: str = PHONE, *, count: int = 13, answered_every: int = 3, talk_s: float = 120, **fields: Any
) -> tuple[Row, ...]:
    """Return calls to `count` strangers on a day; one in `answered_every` is answered."""
    options = {**AT_HOME, "first_callee": 17_000_400_000 + 500_000 * day, **fields}
    return outgoing_calls(
        caller,
        count,
        every_s=900,
        talk_s=talk_s,
        answered_every=answered_every,
        step=97,
        start_s=day * DAY_S,
        **options,
    )


class StrangersForDaysDetector(RuleDetector):
    """Names the proven caller once its days add up."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别每天在同一地点呼叫一批陌生人、几乎没有来电且通话并不短暂的号码。单日不足以认定；达三日，或达两日且同"
        "一小区另有号码如此的，予以认定。",
        "This detector finds phones that call a number of strangers each day from one place, hardly receive any "
        "calls and do not talk briefly. One day is not enough: it takes three days, or two if other numbers in the "
        "same cell do the same.",
    )
    examples = (
        Example(
            title=Words("连续三日，每日呼叫十三个陌生人，少有人接", "thirteen strangers a day, few answer, three days"),
            table="call_offered",
            rows=tuple(row for day in range(3) for row in calls_of_a_day(day)),
            finds=({"subject": PHONE, "fraud_type": "subscriber_fraud", "score": 0.8},),
        ),
        Example(
            title=Words("同样两日，仅此一个号码", "the same on two days, and by this number alone"),
            table="call_offered",
            rows=tuple(row for day in range(2) for row in calls_of_a_day(day)),
        ),
        Example(
            title=Words("快递员连日派件，多有人接", "a courier who calls for days and is answered"),
            table="call_offered",
            rows=tuple(row for day in range(4) for row in calls_of_a_day(day, answered_every=1, talk_s=20)),
        ),
    )


DETECTOR = StrangersForDaysDetector()

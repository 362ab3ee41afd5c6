"""Call centres of fraudsters: many calls to strangers, few answered, hardly any returned (ATF Art. 11, 13)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, incoming_calls, outgoing_calls

TEXT = """
# A phone of our own network. Couriers and teachers call as many people, but are answered, called back, and move about.
# Of a few calls few may be answered by chance: that counts from twenty on. A courier who stays in one place and whom
# nobody calls back is known by whom he calls: each address once, evenly over the day, never by night, about half answer
# or more, and no talk is ever long, as it becomes where somebody is defrauded. In his first hour all is of one hour.
rule call_centre_burst "呼叫中心式群呼" "Call-centre burst"
  version 4
  law "ATF Art. 11"
  on call_ended
  let callees = distinct(callee of call_ended by proven_caller, 1h)
  let answer_share = share(answered of call_ended by proven_caller, 1h)
  let talk = mean(talk_ms of call_ended by proven_caller where answered, 1h)
  let evidence = points(
    0.3 when callees >= 15 and answer_share < 50%,
    0.1 when callees >= 25,
    0.2 when callees >= 20 and answer_share < 40%,
    0.1 when talk < 40 s,
    0.1 when talk < 20 s,
    0.1 when count(call_ended by callee = proven_caller, 1h) = 0,
    0.1 when distinct(cell of call_ended by proven_caller, 1h) = 1)
  let spread = count(call_ended by proven_caller, 1h) <= 60% * count(call_ended by proven_caller, 24h)
  let by_day = count(call_ended by proven_caller where hour(occurred_at) < 7 or hour(occurred_at) >= 21, 24h) = 0
  let brief = max(talk_ms of call_ended by proven_caller where answered, 24h) < 150 s
  let on_a_round = (spread or callees < 25) and by_day and brief
    and share(answered of call_ended by proven_caller, 24h) >= 40%
    and distinct(callee of call_ended by proven_caller, 24h) >= 75% * count(call_ended by proven_caller, 24h)
  when ingress = "mobile" and callees >= 15 and answer_share < 50% and evidence >= 0.65
  except on_a_round
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "一小时内呼叫 {callees} 个号码，接通率 {answer_share}[，平均通话 {talk}]。"
           "Called {callees|number|numbers} within an hour; {answer_share} of the calls were "
         + "answered[, and the talks lasted {talk} on average]."

# Forty within an hour is faster than anybody delivers: no look at the day is needed, so that a first day will do.
rule call_centre_fast "高频群呼陌生人" "Calls to forty strangers within an hour"
  version 1
  law "ATF Art. 11"
  on call_ended
  let callees = distinct(callee of call_ended by proven_caller, 1h)
  let answer_share = share(answered of call_ended by proven_caller, 1h)
  let evidence = points(
    0.5 when callees >= 40,
    0.1 when callees >= 80,
    0.1 when answer_share < 45%,
    0.1 when answer_share < 35%,
    0.1 when mean(talk_ms of call_ended by proven_caller where answered, 1h) < 60 s,
    0.1 when count(call_ended by callee = proven_caller, 1h) = 0,
    0.1 when distinct(cell of call_ended by proven_caller, 1h) = 1)
  when ingress = "mobile" and callees >= 40 and answer_share < 45% and evidence >= 0.65
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "一小时内呼叫 {callees} 个号码，接通率 {answer_share}。"
           "Called {callees|number|numbers} within an hour; {answer_share} of the calls were "
         + "answered."

# The same by the day, for who stays below every hourly number or takes turns with others in one room.
rule call_centre_day "整日群呼陌生人" "Calls to strangers all day"
  version 3
  law "ATF Art. 11"
  on call_ended
  let callees = distinct(callee of call_ended by proven_caller, 24h)
  let calls = count(call_ended by proven_caller, 24h)
  let answer_share = share(answered of call_ended by proven_caller, 24h)
  let talk = mean(talk_ms of call_ended by proven_caller where answered, 24h)
  let evidence = points(
    0.3 when callees >= 25 and answer_share < 60%,
    0.1 when callees >= 60,
    0.1 when answer_share < 50%,
    0.1 when answer_share < 40%,
    0.1 when talk < 30 s,
    0.1 when callees >= 85% * calls,
    0.1 when count(call_ended by callee = proven_caller, 24h) <= 5% * calls,
    0.1 when distinct(cell of call_ended by proven_caller, 24h) = 1)
  let by_day = count(call_ended by proven_caller where hour(occurred_at) < 7 or hour(occurred_at) >= 21, 24h) = 0
  let brief = max(talk_ms of call_ended by proven_caller where answered, 24h) < 150 s
  let on_a_round = by_day and brief and share(answered of call_ended by proven_caller, 24h) >= 45%
    and distinct(callee of call_ended by proven_caller, 24h) >= 75% * count(call_ended by proven_caller, 24h)
  when ingress = "mobile" and callees >= 25 and answer_share < 60% and evidence >= 0.65
  except on_a_round
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "24 小时内呼叫 {callees} 个号码、共 {calls} 次，接通率 {answer_share}[，平均通话 {talk}]"
         + "。"
           "Called {callees|number|numbers} in 24 hours, {calls|call|calls} in all; {answer_share} "
         + "were answered[, and the talks lasted {talk} on average]."

# A number from abroad is not proven, and a trunk carries the calls of many. The trunk is found where a fifth of its
# calls are of that one number.
rule call_centre_claimed "境外来话以同一声称号码群呼" "Calls to strangers from abroad under one claimed number"
  version 3
  law "ATF Art. 13"
  on call_ended
  let callees = distinct(callee of call_ended by caller, trunk else ingress, 24h)
  let calls = count(call_ended by caller, trunk else ingress, 24h)
  let answer_share = share(answered of call_ended by caller, trunk else ingress, 24h)
  let talk = mean(talk_ms of call_ended by caller, trunk else ingress where answered, 24h)
  let evidence = points(
    0.3 when callees >= 15 and answer_share < 60%,
    0.1 when callees >= 30,
    0.1 when callees >= 80,
    0.1 when answer_share < 50%,
    0.1 when answer_share < 35%,
    0.2 when talk < 30 s,
    0.1 when callees >= 85% * calls)
  when ingress = "international_gateway" and proven_caller is not known
   and callees >= 15 and answer_share < 60% and evidence >= 0.65 and calls >= 20% * count(call_ended by trunk, 24h)
  then find trunk as other score evidence
  again after 24h
  sentence "该中继上显示为 {caller} 的来话 24 小时内呼叫 {callees} 个号码，接通率 {answer_share}[，"
         + "平均通话 {talk}]。"
           "Calls on this trunk that showed {caller} went to {callees|number|numbers} in 24 hours; "
         + "{answer_share} were answered[, and the talks lasted {talk} on average]."

# Otherwise the call is found at which the number has called so many, not every further one to the same people.
rule call_centre_claimed_call "境外来话以同一声称号码群呼（认定呼叫）"
  "One claimed number among other calls from abroad"
  version 1
  law "ATF Art. 13"
  on call_ended
  let callees = distinct(callee of call_ended by caller, trunk else ingress, 24h)
  let calls = count(call_ended by caller, trunk else ingress, 24h)
  let answer_share = share(answered of call_ended by caller, trunk else ingress, 24h)
  let talk = mean(talk_ms of call_ended by caller, trunk else ingress where answered, 24h)
  let evidence = points(
    0.3 when callees >= 15 and answer_share < 60%,
    0.1 when callees >= 30,
    0.1 when callees >= 80,
    0.1 when answer_share < 50%,
    0.1 when answer_share < 35%,
    0.2 when talk < 30 s,
    0.1 when callees >= 85% * calls)
  when ingress = "international_gateway" and proven_caller is not known
   and callees in (15, 30, 80) and answer_share < 60% and evidence >= 0.65
   and count(call_ended by callee, caller, trunk else ingress, 24h) = 1
   and (trunk is not known or calls < 20% * count(call_ended by trunk, 24h))
  then find call as other score evidence
  again after 24h
  sentence "显示为 {caller} 的境外来话 24 小时内呼叫 {callees} 个号码，接通率 {answer_share}；该号"
         + "未经证实。"
           "Calls from abroad that showed {caller}, an unproven number, went to "
         + "{callees|number|numbers} in 24 hours; {answer_share} were answered."

# The numbers claimed may change with every call. Relatives call the same people, who answer, and talk at length.
rule call_centre_trunk "境外中继群呼" "Call-centre burst from abroad"
  version 2
  law "ATF Art. 13"
  on call_ended
  let callees = distinct(callee of call_ended by trunk, 24h)
  let calls = count(call_ended by trunk, 24h)
  let answer_share = share(answered of call_ended by trunk, 24h)
  let talk = mean(talk_ms of call_ended by trunk where answered, 24h)
  let evidence = points(
    0.3 when callees >= 20 and answer_share < 60%,
    0.1 when callees >= 100,
    0.1 when answer_share < 50%,
    0.1 when answer_share < 35%,
    0.1 when talk < 60 s,
    0.2 when talk < 30 s,
    0.1 when callees >= 85% * calls)
  when ingress = "international_gateway" and proven_caller is not known
   and callees >= 20 and answer_share < 60% and evidence >= 0.65
  then find caller_or_trunk as other score evidence
  again after 24h
  sentence "该中继的境外来话 24 小时内呼叫 {callees} 个号码，接通率 {answer_share}[，平均通话 "
         + "{talk}]。"
           "Calls from abroad on this trunk went to {callees|number|numbers} in 24 hours; "
         + "{answer_share} were answered[, and the talks lasted {talk} on average]."
"""


def courier_round(caller: str, count: int, *, every_s: float = 480, **options: Any) -> tuple[Row, ...]:
    """Return calls of a courier over the day: each recipient once, two of every five not answered, about 20 s."""
    fields = {**AT_HOME, "talk_s": 20, **options}
    talk_s = fields.pop("talk_s")
    calls = (
        call(
            caller,
            f"+86{17_000_100_000 + 3_701 * index}",
            every_s * index,
            talk_s=None if index % 5 in (1, 3) else talk_s,
            **fields,
        )
        for index in range(count)
    )
    return tuple(row for call_rows in calls for row in call_rows)


#: Calls with changing claimed numbers, one in three answered.
CHANGING = tuple(
    row
    for number in range(21)
    for row in call(
        f"+4420794600{number:02d}",
        f"+86{17_000_200_000 + 911 * number}",
        1_000 * number,
        talk_s=None if number % 3 else 15,
        **ABROAD,
    )
)


class CallCentreBurstDetector(RuleDetector):
    """Names the proven caller, else the trunk of the calls."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别一小时内或整日大量拨打陌生号码，且接通少、通话短、无人回拨、位置不变的号码。快递员白天分散联系收件人、"
        "约半数以上有人接听、从不长时间通话，不在认定之列。境外来话中，此类呼叫占中继呼叫两成的，认定中继；其他情"
        "形仅认定呼叫。",
        "This detector finds numbers that call many strangers within an hour or a day, when few people answer, the "
        "talks are short, nobody calls back and the phone does not move. It leaves out couriers, who call each "
        "recipient once, spread evenly over the day, are answered by about half or more and never talk for long. For "
        "calls from abroad it names the trunk if such calls are a fifth of the trunk's calls, and otherwise only the "
        "call.",
    )
    examples = (
        Example(
            title=Words("半小时拨打十六个陌生人，六人接听，各十秒", "16 strangers called in half an hour, 6 answer"),
            table="call_offered",
            rows=outgoing_calls("+8617000000011", 16, every_s=110, talk_s=10, answered_every=3, **AT_HOME),
            finds=({"subject_kind": "phone_number", "subject": "+8617000000011", "score": 0.7},),
        ),
        Example(
            title=Words(
                "整日每小时只拨打四个陌生人，少人接听", "only 4 strangers an hour, but all day, few of whom answer"
            ),
            table="call_offered",
            rows=outgoing_calls("+8617000000012", 26, every_s=900, talk_s=20, answered_every=3, **AT_HOME),
            finds=({"subject_kind": "phone_number", "subject": "+8617000000012", "score": 0.8},),
        ),
        Example(
            title=Words(
                "境外一个声称号码拨打十六人，少人接听", "one number claimed abroad calls 16 people, few answer"
            ),
            table="call_offered",
            rows=outgoing_calls("+442079460011", 16, every_s=1_200, talk_s=15, answered_every=3, **ABROAD),
            finds=({"subject_kind": "trunk", "subject": "IGW-FIC-01", "score": 0.7},),
        ),
        Example(
            title=Words(
                "境外中继每次换一个声称号码，少人接听", "a trunk from abroad that claims another number each time"
            ),
            table="call_offered",
            rows=CHANGING,
            finds=({"subject_kind": "trunk", "subject": "IGW-FIC-01", "score": 0.7},),
        ),
        Example(
            title=Words(
                "快递员走街串巷联系收件人，多数接听并有回拨", "a courier on his round: most answer, some call back"
            ),
            table="call_offered",
            rows=(
                *outgoing_calls("+8617000000013", 16, every_s=150, talk_s=15, **AT_HOME),
                *outgoing_calls(
                    "+8617000000013", 12, every_s=150, start_s=70, **AT_HOME | {"cell": "460-00-2100-00002"}
                ),
                *incoming_calls("+8617000000013", 2, every_s=900, start_s=30),
            ),
        ),
        Example(
            title=Words(
                "快递员整日在一处联系收件人，六成接听、从不长谈、无人回拨",
                "a courier in one place all day: three in five answer, no talk is long, nobody calls back",
            ),
            table="call_offered",
            rows=courier_round("+8617000000015", 60),
        ),
        Example(
            title=Words(
                "老师傍晚逐一致电二十位家长，多数接听", "a teacher calls 20 parents in the evening, who answer"
            ),
            table="call_offered",
            rows=outgoing_calls("+8617000000014", 20, every_s=90, talk_s=55, **AT_HOME),
        ),
        Example(
            title=Words("境外亲友多人经同一中继来话，长谈", "relatives abroad call by one trunk, and talk at length"),
            table="call_offered",
            rows=outgoing_calls("+442079460012", 20, every_s=1_500, talk_s=400, answered_every=2, **ABROAD),
        ),
    )


DETECTOR = CallCentreBurstDetector()

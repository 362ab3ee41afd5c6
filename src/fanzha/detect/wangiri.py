"""One-ring calls that provoke a call back: very many numbers rung briefly, hardly any answered (ATF Art. 13)."""

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, outgoing_calls

TEXT = """
# A machine hangs up before an answer is possible; people's calls are partly answered. Unassigned numbers do not count.
# A home number is meant where it is known that the caller hung up: those whom a call centre calls are busy, too.
rule wangiri "响一声即挂（诱导回拨）" "One-ring calls (wangiri)"
  version 3
  law "ATF Art. 13"
  on call_ended
  let rung = count(call_ended by caller, trunk else ingress where (release_cause else 16) != 1, 1h)
  let callees = distinct(callee of call_ended by caller, trunk else ingress where (release_cause else 16) != 1, 1h)
  let unanswered = share(not answered of call_ended by caller, trunk else ingress
    where (release_cause else 16) != 1, 1h)
  let given_up = share(released_by = "caller" of call_ended by caller, trunk else ingress where not answered, 1h)
  let evidence = points(
    0.2 when callees >= 12,
    0.2 when callees >= 30,
    0.2 when unanswered >= 90%,
    0.1 when given_up >= 90%,
    0.1 when callees >= 80% * rung,
    0.2 when country(caller) != "CN")
  when not answered and proven_caller is known and callees >= 12 and unanswered >= 85% and evidence >= 0.65
   and (country(caller) != "CN" or given_up >= 90%)
  then find proven_caller as wangiri score evidence
  again after 24h
  sentence "一小时内振铃 {callees} 个号码，{unanswered} 无人接听[，其中 {given_up} 由主叫挂断]。"
           "Rang {callees|number|numbers} within an hour; {unanswered} of the calls were not "
         + "answered[, and it hung up on {given_up} of those itself]."

# A claimed number is not accused, and a trunk carries the calls of many: the call is named at which the twelfth or
# thirtieth person of the hour was rung, not every further one to the same people. Evidence lists who was rung, to be
# warned of calling back.
rule wangiri_call "声称号码响一声即挂" "One-ring calls under a claimed number"
  version 1
  law "ATF Art. 13"
  on call_ended
  let rung = count(call_ended by caller, trunk else ingress where (release_cause else 16) != 1, 1h)
  let callees = distinct(callee of call_ended by caller, trunk else ingress where (release_cause else 16) != 1, 1h)
  let unanswered = share(not answered of call_ended by caller, trunk else ingress
    where (release_cause else 16) != 1, 1h)
  let given_up = share(released_by = "caller" of call_ended by caller, trunk else ingress where not answered, 1h)
  let evidence = points(
    0.2 when callees >= 12,
    0.2 when callees >= 30,
    0.2 when unanswered >= 90%,
    0.1 when given_up >= 90%,
    0.1 when callees >= 80% * rung,
    0.2 when country(caller) != "CN")
  when not answered and proven_caller is not known and callees in (12, 30) and unanswered >= 85% and evidence >= 0.65
   and (country(caller) != "CN" or given_up >= 90%)
   and count(call_ended by callee, caller, trunk else ingress where (release_cause else 16) != 1, 1h) = 1
  then find call as wangiri score evidence
  again after 24h
  sentence "显示为 {caller} 的呼叫一小时内振铃 {callees} 个号码，{unanswered} 无人接听[，其中 "
         + "{given_up} 由主叫挂断]。"
           "Calls that showed {caller}, an unproven number, rang {callees|number|numbers} within "
         + "an hour; {unanswered} were not answered[, and {given_up} of those were ended by the "
         + "caller]."

# The trunk is accused when such calls are a fifth of what it carries.
rule wangiri_trunk "大量接入响一声来话的中继" "Trunk that brings many one-ring calls"
  version 1
  law "ATF Art. 13"
  on call_ended
  let bait = count(call_ended by trunk where not answered and proven_caller is not known
    and distinct(callee of call_ended by caller, trunk else ingress where (release_cause else 16) != 1, 1h) >= 12
    and share(not answered of call_ended by caller, trunk else ingress
      where (release_cause else 16) != 1, 1h) >= 85%, 24h)
  let calls = count(call_ended by trunk, 24h)
  let evidence = points(
    0.8 when bait >= 20% * calls,
    0.1 when bait >= 30,
    0.1 when bait >= 50% * calls)
  when not answered and proven_caller is not known and country(caller) != "CN" and bait >= 4 and bait >= 20% * calls
   and distinct(callee of call_ended by caller, trunk else ingress where (release_cause else 16) != 1, 1h) >= 12
   and evidence >= 0.65
  then find trunk as wangiri score evidence
  again after 24h
  sentence "24 小时内 {calls} 次呼叫中，{bait} 次来自大量响一声、几乎无人接听的号码。"
           "{bait} of the {calls|call|calls} on this trunk in 24 hours came from numbers that ring "
         + "very many people and are hardly ever answered."

# By the day and by the range of numbers on a trunk, for who keeps below the hourly numbers or takes turns.
rule wangiri_range "同号段境外号码响一声" "One-ring calls from a range of numbers"
  version 2
  law "ATF Art. 13"
  on call_ended
  let number_range = block(caller, 3)
  let rung = count(call_ended by block(caller, 3), trunk else ingress, 24h)
  let callees = distinct(callee of call_ended by block(caller, 3), trunk else ingress, 24h)
  let unanswered = share(not answered of call_ended by block(caller, 3), trunk else ingress, 24h)
  let called_back = distinct(proven_caller of call_offered by block(callee, 3) = block(caller, 3)
    where country(callee) != "CN", 24h)
  let evidence = points(
    0.2 when callees >= 20,
    0.2 when callees >= 60,
    0.3 when unanswered >= 90%,
    0.1 when callees >= 70% * rung,
    0.2 when called_back >= 2)
  when not answered and ingress = "international_gateway" and country(caller) != "CN" and proven_caller is not known
   and callees >= 20 and unanswered >= 85% and evidence >= 0.65 and rung >= 20% * count(call_ended by trunk, 24h)
  then find trunk as wangiri score evidence
  again after 24h
  sentence "境外号段 {number_range} 24 小时内振铃 {callees} 人，{unanswered} 无人接听[，已有 "
         + "{called_back} 人回拨]。"
           "Numbers of the foreign range {number_range} rang {callees|person|people} in 24 hours; "
         + "{unanswered} of the calls were not answered[, and {called_back|person|people} called "
         + "back]."

# The same on a trunk that mostly carries others.
rule wangiri_range_call "同号段境外号码响一声（认定呼叫）" "One-ring calls from a range, among other calls"
  version 1
  law "ATF Art. 13"
  on call_ended
  let number_range = block(caller, 3)
  let rung = count(call_ended by block(caller, 3), trunk else ingress, 24h)
  let callees = distinct(callee of call_ended by block(caller, 3), trunk else ingress, 24h)
  let unanswered = share(not answered of call_ended by block(caller, 3), trunk else ingress, 24h)
  let called_back = distinct(proven_caller of call_offered by block(callee, 3) = block(caller, 3)
    where country(callee) != "CN", 24h)
  let evidence = points(
    0.2 when callees >= 20,
    0.2 when callees >= 60,
    0.3 when unanswered >= 90%,
    0.1 when callees >= 70% * rung,
    0.2 when called_back >= 2)
  when not answered and ingress = "international_gateway" and country(caller) != "CN" and proven_caller is not known
   and callees in (20, 40, 60) and unanswered >= 85% and evidence >= 0.65
   and count(call_ended by callee, block(caller, 3), trunk else ingress, 24h) = 1
   and (trunk is not known or rung < 20% * count(call_ended by trunk, 24h))
  then find call as wangiri score evidence
  again after 24h
  sentence "境外号段 {number_range} 24 小时内振铃 {callees} 人，{unanswered} 无人接听[，已有 "
         + "{called_back} 人回拨]。"
           "Numbers of the foreign range {number_range} rang {callees|person|people} in 24 hours; "
         + "{unanswered} of the calls were not answered[, and {called_back|person|people} called "
         + "back]."
"""


def rotating_calls(count: int, *, called_back: int) -> tuple[Row, ...]:
    """Return one-ring calls by a range of premium numbers, three an hour, and calls back to it."""
    one_ring_calls = (
        call(f"+4490987900{index % 20:02d}", f"+86{17_000_100_000 + 3_701 * index}", 1_200 * index, ring_s=2, **ABROAD)
        for index in range(count)
    )
    calls_back = (
        call(
            f"+86{17_000_100_000 + 3_701 * index}", f"+4490987900{index:02d}", 1_200 * index + 600, talk_s=90, **AT_HOME
        )
        for index in range(called_back)
    )
    return tuple(row for call_rows in (*one_ring_calls, *calls_back) for row in call_rows)


#: A hundred calls on a trunk by as many people abroad, most of them answered.
HONEST_CALLS = tuple(
    row
    for number in range(100)
    for row in call(
        f"+4420794{number:05d}",
        f"+86{17_000_800_000 + 911 * number}",
        300 * number,
        talk_s=120 if number % 4 else None,
        **ABROAD,
    )
)


class WangiriDetector(RuleDetector):
    """Names the proven caller, else the call, and the trunk if a fifth of its calls are one-ring calls."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别振铃即由主叫挂断、几乎无人接听、被叫互不相同、诱导用户回拨的大量呼叫，由一个号码在一小时内或由同一境"
        "外号段在一天内发起。号码未经证实的，认定呼叫；此类呼叫占中继呼叫两成以上的，才认定中继。",
        "This detector finds very many calls to different people that are hung up while ringing and hardly ever "
        "answered, made by one number within an hour or by a range of foreign numbers within a day. They are bait "
        "for an expensive call back. Where the number is not proven, it names the call, and names the trunk only if "
        "a fifth of the trunk's calls are such calls.",
    )
    examples = (
        Example(
            title=Words(
                "境外来话一小时内响一声即挂十五人", "fifteen people rung for a moment from abroad within an hour"
            ),
            table="call_offered",
            rows=outgoing_calls("+449098790001", 15, every_s=60, ring_s=1.5, **ABROAD),
            finds=(
                {"subject_kind": "call", "fraud_type": "wangiri", "score": 0.8},
                {"subject_kind": "trunk", "subject": "IGW-FIC-01", "fraud_type": "wangiri", "score": 0.8},
            ),
        ),
        Example(
            title=Words(
                "繁忙中继上一个境外号码响一声即挂十五人：指认呼叫，不指认中继",
                "fifteen people rung on a trunk that carries a hundred honest calls: the call is named, not the trunk",
            ),
            table="call_offered",
            rows=(
                *HONEST_CALLS,
                *outgoing_calls("+449098790002", 15, every_s=60, start_s=30_000, ring_s=1.5, **ABROAD),
            ),
            finds=({"subject_kind": "call", "fraud_type": "wangiri", "score": 0.8},),
        ),
        Example(
            title=Words(
                "同号段境外号码轮流，每小时三次，已有人回拨",
                "numbers of a range take turns; some people call back",
            ),
            table="call_offered",
            rows=rotating_calls(22, called_back=2),
            finds=({"subject_kind": "trunk", "subject": "IGW-FIC-01", "fraud_type": "wangiri", "score": 0.7},),
        ),
        Example(
            title=Words(
                "快递员一小时联系十八位收件人，多数接听", "a courier calls 18 recipients within an hour, who answer"
            ),
            table="call_offered",
            rows=outgoing_calls("+8617000000021", 18, every_s=180, talk_s=25, **AT_HOME),
        ),
        Example(
            title=Words("境外酒店逐一致电二十位客人，四人接听", "a hotel abroad calls 20 guests, 4 of whom answer"),
            table="call_offered",
            rows=outgoing_calls("+442079460021", 20, every_s=150, talk_s=70, answered_every=5, ring_s=20, **ABROAD),
        ),
    )


DETECTOR = WangiriDetector()

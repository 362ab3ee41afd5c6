"""People held on the line several times within hours, found from the first day of records on (ATF Art. 34)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, incoming_calls, outgoing_calls

TEXT = """
# The windows span hours, so that they are full on the first morning. A box, one of whose numbers is at its first call,
# is known by the device; a single number by calling strangers and being called by nobody. A customer calls the
# salesman back, and the salesman takes other calls, too.
rule victim_same_day "疑似正在受骗：数小时内与只呼出的号码反复长时间通话"
  "Possible victim: long calls within hours with numbers that nobody calls"
  version 1
  law "ATF Art. 34"
  on call still talking 4 min
  let callees = distinct(callee of call_offered by proven_caller, 4h)
  let placed = count(call_offered by proven_caller, 4h)
  let taken = count(call_offered by callee = proven_caller, 4h)
  let called_back = count(call_offered by proven_caller = callee, callee = proven_caller, 4h)
  let alone = callees >= 8 and callees >= 80% * placed
  let numbers = distinct(proven_caller of call_offered by device, 4h)
  let together = distinct(callee of call_offered by device, 4h)
  let box = numbers >= 2 and together >= 8 and together >= 2 * numbers
    and together >= 80% * count(call_offered by device, 4h) and distinct(cell of call_offered by device, 4h) <= 2
  let long_before = count(call_ended by callee where talk_ms >= 4 min and proven_caller is known
      and (distinct(callee of call_offered by proven_caller, 4h) >= 8
        or distinct(proven_caller of call_offered by device, 4h) >= 2
          and distinct(callee of call_offered by device, 4h) >= 8
          and distinct(cell of call_offered by device, 4h) <= 2)
      and count(call_offered by callee = proven_caller, 4h) <= 5% * count(call_offered by proven_caller, 4h), 4h)
  when proven_caller is known and (alone or box) and taken <= 5% * placed and called_back = 0 and long_before >= 1
  then find callee as victim_at_risk score points(
    0.7 when long_before >= 1,
    0.1 when long_before >= 2,
    0.1 when box)
  again after 3h
  sentence "与 {proven_caller} 通话已满 4 分钟；4 小时内此前与几乎无人呼入的号码长谈 {long_before} 次，"
         + "该号其间呼叫 {callees} 人，接到来电 {taken} 次。"
           "Has been on the phone with {proven_caller} for 4 minutes, after "
         + "{long_before|long talk|long talks} in 4 hours with numbers that hardly anybody calls; "
         + "this one called {callees|number|numbers} and took {taken|call|calls}."

# Where records name no device: the same cell for the third time, in which several numbers call strangers and are
# called by nobody.
rule victim_same_cell "疑似正在受骗：与同一小区的只呼出号码第三次长时间通话"
  "Possible victim: third long call from numbers in one cell"
  version 1
  law "ATF Art. 34"
  on call still talking 4 min
  let taken = count(call_offered by callee = proven_caller, 4h)
  let placed = count(call_offered by proven_caller, 4h)
  let called_back = count(call_offered by proven_caller = callee, callee = proven_caller, 4h)
  let beside = distinct(proven_caller of call_offered by cell
    where distinct(callee of call_offered by proven_caller, 4h) >= 6
      and count(call_offered by callee = proven_caller, 4h) = 0, 4h)
  let long_before = count(call_ended by callee, cell where talk_ms >= 4 min and proven_caller is known
      and count(call_offered by callee = proven_caller, 4h) = 0, 4h)
  when proven_caller is known and device is not known and taken <= 5% * placed and called_back = 0
   and beside >= 4 and long_before >= 2
  then find callee as victim_at_risk score points(0.7 when long_before >= 2, 0.1 when beside >= 6)
  again after 3h
  sentence "与 {proven_caller} 通话已满 4 分钟；4 小时内此前与同一小区几乎无人呼入的号码长谈 "
         + "{long_before} 次，该小区有 {beside} 个号码只呼叫陌生人。"
           "Has been on the phone with {proven_caller} for 4 minutes, after "
         + "{long_before|long talk|long talks} in 4 hours with numbers of the same cell; "
         + "of its numbers, {beside} call strangers and take no calls."

# A trunk from abroad that shows home numbers, each call to somebody else, and one person again and again. Who travels
# calls home as one number, and others of the trunk call the same people more than once.
rule victim_of_home_number_from_abroad "疑似正在受骗：与境外中继送来的境内号码反复长时间通话"
  "Possible victim: long calls with home numbers claimed from abroad"
  version 1
  law "ATF Art. 34"
  on call still talking 4 min
  let claims = count(call_offered by trunk where country(caller) = "CN" or class(caller) = "disguised", 6h)
  let callees = distinct(callee of call_offered by trunk
    where country(caller) = "CN" or class(caller) = "disguised", 6h)
  let faces = distinct(caller of call_answered by callee, trunk, 4h)
  let called_back = count(call_offered by proven_caller = callee, callee = caller, 4h)
  let long_before = count(call_ended by callee, trunk where talk_ms >= 4 min
    and (country(caller) = "CN" or class(caller) = "disguised"), 4h)
  let no_traveller = class(caller) in ("fixed", "service", "service_400", "service_800", "emergency", "disguised")
  let evidence = points(
    0.4 when long_before >= 1,
    0.1 when long_before >= 2,
    0.3 when claims >= 12 and callees >= 92% * claims,
    0.3 when faces >= 2,
    0.3 when no_traveller)
  when ingress = "international_gateway" and proven_caller is not known
   and (roaming is not known or roaming != "proven") and (country(caller) = "CN" or class(caller) = "disguised")
   and called_back = 0 and long_before >= 1 and evidence >= 0.65
  then find callee as victim_at_risk score evidence
  again after 3h
  sentence "与境外来话所示境内号码 {caller} 通话已满 4 分钟；4 小时内此前经同一中继以境内号码长谈 "
         + "{long_before} 次，先后显示 {faces} 个号码。"
           "Has been on the phone for 4 minutes with {caller}, a home number that came from abroad, after "
         + "{long_before|long talk|long talks} in 4 hours over the same trunk, which showed "
         + "{faces|number|numbers} to this person."

# A leased line whose numbers take turns, by the hours of one day.
rule victim_of_line_same_day "疑似正在受骗：数小时内与轮换号码的专线反复长时间通话"
  "Possible victim: long calls within hours with a line whose numbers take turns"
  version 1
  law "ATF Art. 34"
  on call still talking 4 min
  let calls = count(call_ended by trunk where diversion is not known, 4h)
  let callees = distinct(callee of call_ended by trunk where diversion is not known, 4h)
  let numbers = distinct(caller of call_ended by trunk where diversion is not known, 4h)
  let answer_share = share(answered of call_ended by trunk where diversion is not known, 4h)
  let called_back = count(call_offered by proven_caller = callee, callee = caller, 4h)
  let long_before = count(call_ended by callee, trunk where talk_ms >= 4 min, 4h)
  when ingress = "leased_line" and numbers >= 6 and calls >= 20 and callees >= 90% * calls and answer_share < 50%
   and called_back = 0 and long_before >= 1
  then find callee as victim_at_risk score points(
    0.7 when long_before >= 1,
    0.1 when long_before >= 2,
    0.1 when answer_share < 35%)
  again after 3h
  sentence "与轮换 {numbers} 个号码的专线通话已满 4 分钟；4 小时内此前长谈 {long_before} 次，该专线接通率 "
         + "{answer_share}。"
           "Has been on the phone for 4 minutes with a line whose {numbers} numbers take turns "
         + "({answer_share} answered), after {long_before|long talk|long talks} in 4 hours."

# Then the bank: two long talks within hours with numbers that nobody calls, she neither, the last within the hour.
rule victim_same_day_calls_bank "疑似正在受骗：数小时内反复长时间通话后致电银行"
  "Possible victim: call to the bank after long calls within hours"
  version 1
  law "ATF Art. 34"
  on call_offered
  let talks = count(call_ended by callee = proven_caller where talk_ms >= 4 min and proven_caller is known
    and count(call_offered by callee = proven_caller, 4h) = 0, 4h)
  let since = gap(call_ended by callee = proven_caller where talk_ms >= 4 min and proven_caller is known
    and count(call_offered by callee = proven_caller, 4h) = 0, 4h)
  let from_abroad = count(call_ended by callee = proven_caller where talk_ms >= 4 min
    and ingress = "international_gateway" and proven_caller is not known
    and (country(caller) = "CN" or class(caller) = "disguised"), 4h)
  when prefix(callee, 3) = "955" and class(callee) = "service"
   and (talks >= 2 and since <= 1h or from_abroad >= 2)
  then find proven_caller as victim_at_risk score points(
    0.7 when talks >= 2 or from_abroad >= 2,
    0.1 when talks >= 3 or from_abroad >= 3)
  again after 3h
  sentence "4 小时内与几乎无人呼入的号码长谈 {talks} 次[，与境外来话所示境内号码长谈 {from_abroad} 次]，现正致电银行 "
         + "{callee}。"
           "Had {talks|long talk|long talks} in 4 hours with numbers that hardly anybody calls[ and "
         + "{from_abroad|more with a home number|more with home numbers} from abroad], and is calling {callee}, a bank."
"""

MINUTE_S, HOUR_S = 60, 3_600
BANK = "95588"
BOX, PERSON = "+8617000000291", "+8617000000301"


def talks(callers: tuple[str, ...], *, minutes: float = 8, start_s: float = HOUR_S, **way: Any) -> tuple[Row, ...]:
    """Return long talks of one person with each of `callers` in turn, twenty minutes apart."""
    return tuple(
        row
        for number, caller in enumerate(callers)
        for row in call(caller, PERSON, start_s + 1_200 * number, talk_s=minutes * MINUTE_S, **(way or AT_HOME))
    )


def box_calls(numbers: int, *, calls: int = 4, **fields: Any) -> tuple[Row, ...]:
    """Return the calls to strangers of cards that take turns in one phone, two in three not answered."""
    options = {**AT_HOME, "every_s": 300, "talk_s": 20, "answered_every": 3, **fields}
    return tuple(
        row
        for number in range(numbers)
        for row in outgoing_calls(
            f"+86170000002{91 + number}", calls, first_callee=17_000_500_000 + 61_000 * number, **options
        )
    )


class VictimSameDayDetector(RuleDetector):
    """Finds the person to be warned, not a suspect."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别数小时内与下列号码反复长时间通话，或随后致电银行的用户：几乎无人呼入的号码（或同一终端、同一小区的一"
        "组号码）、轮换号码的专线、境外中继冒用的境内号码。窗口仅数小时，首日即可生效。供及时劝阻，不指控任何人。",
        "This detector finds people who are kept on the line again and again within hours by numbers that hardly "
        "anybody calls (alone, in one phone or in one cell), by a line whose numbers take turns, or by home numbers "
        "claimed from abroad, or who call the bank after that. The windows span only hours, so it works from the "
        "first day. It accuses nobody.",
    )
    examples = (
        Example(
            title=Words(
                "卡池两张卡先后长谈，第二张卡首次使用：通话中提示",
                "two cards of one phone talk at length, the second at its first call: named during the talk",
            ),
            table="call_offered",
            rows=(
                *box_calls(2, device="86002000000051"),
                *talks((BOX, "+8617000000299"), **AT_HOME, device="86002000000051"),
            ),
            finds=({"subject": PERSON, "fraud_type": "victim_at_risk", "score": 0.8},),
        ),
        Example(
            title=Words(
                "话单无终端：只呼出的号码第二次长谈", "no device in the records: a number that nobody calls, twice"
            ),
            table="call_offered",
            rows=(*box_calls(1, calls=9), *talks((BOX, BOX))),
            finds=({"subject": PERSON, "fraud_type": "victim_at_risk", "score": 0.7},),
        ),
        Example(
            title=Words(
                "话单无终端：同一小区三个号码先后长谈", "no device: three numbers of one cell talk with one person"
            ),
            table="call_offered",
            rows=(*box_calls(4, calls=6), *talks(("+8617000000297", "+8617000000298", "+8617000000299"))),
            finds=({"subject": PERSON, "fraud_type": "victim_at_risk", "score": 0.7},),
        ),
        Example(
            title=Words(
                "境外中继先后冒用两个境内号码长谈", "one trunk from abroad talks twice, as two different home numbers"
            ),
            table="call_offered",
            rows=talks(("+8617000000296", "+862117000042"), **ABROAD),
            finds=({"subject": PERSON, "fraud_type": "victim_at_risk"},),
        ),
        Example(
            title=Words("两次长谈后一小时内致电银行", "two long talks, and the bank within the hour"),
            table="call_offered",
            rows=(
                *talks((BOX, "+8617000000292")),
                *call(PERSON, BANK, 2 * HOUR_S, talk_s=100, **AT_HOME),
            ),
            finds=({"subject": PERSON, "score": 0.7},),
        ),
        Example(
            title=Words(
                "中介与客户长谈两次，有人致电中介，客户也回拨；客户随后致电银行",
                "an agent who is called by others and called back, talks to a client, who calls the bank",
            ),
            table="call_offered",
            rows=(
                *outgoing_calls(BOX, 10, every_s=300, talk_s=60, answered_every=2, **AT_HOME),
                *incoming_calls(BOX, 2, every_s=600, start_s=100),
                *talks((BOX, BOX)),
                *call(PERSON, BOX, 6_200, talk_s=60, **AT_HOME),
                *call(PERSON, BANK, 2 * HOUR_S, talk_s=100, **AT_HOME),
            ),
        ),
        Example(
            title=Words("出境子女用本人号码与家人长谈两次", "a traveller talks with his family twice, as himself"),
            table="call_offered",
            rows=talks(("+8617000000295", "+8617000000295"), **ABROAD),
        ),
        Example(
            title=Words("家人一天内长谈两次", "two long talks of a family on one day"),
            table="call_offered",
            rows=talks((BOX, BOX)),
        ),
    )


DETECTOR = VictimSameDayDetector()

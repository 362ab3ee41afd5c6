"""People who are being defrauded, found while the call is in progress so that they can be warned (ATF Art. 34)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, outgoing_calls, text_messages

TEXT = """
# During the call. Children abroad talk as long and as often; a later call to the bank or a code distinguishes fraud.
rule victim_at_risk "疑似正在受骗：与境外号码反复长时间通话" "Possible victim: long calls from abroad"
  version 1
  law "ATF Art. 34"
  on call still talking 15 min
  let calls = count(call_answered by callee, caller, 24h)
  let long_before = count(call_ended by callee
    where ingress = "international_gateway" and proven_caller is not known and talk_ms >= 10 min, 24h)
  let talked = sum(talk_ms of call_ended by callee
    where ingress = "international_gateway" and proven_caller is not known and talk_ms >= 10 min, 24h)
  let called_back = count(call_offered by proven_caller = callee, callee = caller, 24h)
  let spread = distinct(callee of call_offered by trunk, caller, 24h)
  let codes = count(message by recipient = callee where channel = "port_sms" and not has_link, 3h)
  let bank = count(call_offered by proven_caller = callee where prefix(callee, 3) = "955", 3h)
  let evidence = points(
    0.2 when ingress = "international_gateway",
    0.1 when called_back = 0,
    0.1 when calls >= 2 or long_before >= 1,
    0.1 when calls >= 3 or long_before >= 2,
    0.1 when talked >= 20 min,
    0.2 when spread >= 4,
    0.2 when codes >= 2,
    0.2 when bank >= 1)
  when ingress in ("international_gateway", "voip") and proven_caller is not known and evidence > 0.75
  then find callee as victim_at_risk score evidence
  again after 3h
  sentence "与境外或网络来电 {caller} 通话已满 15 分钟[，24 小时内此类长谈 {talked}][；收到端口短信"
         + " {codes} 条][；致电银行 {bank} 次]。"
           "Has been on the phone with {caller}, from abroad or over the internet, for 15 "
         + "minutes[, after {talked} of such calls in 24 hours][; received "
         + "{codes|service text|service texts}][; made {bank|call|calls} to a bank]."

# The same with a week behind: a number that never called this person before, nor was called back.
rule victim_of_stranger "疑似正在受骗：与首次来电的陌生号码长时间通话"
  "Possible victim: long calls with a number that has not called before"
  version 2
  law "ATF Art. 34"
  on call still talking 15 min
  let today = count(call_offered by callee, caller, 24h)
  let this_week = count(call_offered by callee, caller, 7 days)
  let called_back = count(call_offered by proven_caller = callee, callee = caller, 7 days)
  let long_before = count(call_ended by callee
    where ingress = "international_gateway" and proven_caller is not known and talk_ms >= 10 min, 24h)
  let spread = distinct(callee of call_offered by trunk, caller, 24h)
  let codes = count(message by recipient = callee where channel = "port_sms" and not has_link, 3h)
  let bank = count(call_offered by proven_caller = callee where prefix(callee, 3) = "955", 3h)
  let evidence = points(
    0.3 when this_week <= today and called_back = 0,
    0.2 when ingress in ("international_gateway", "voip"),
    0.1 when today >= 2 or long_before >= 1,
    0.1 when today >= 3 or long_before >= 2,
    0.1 when spread >= 4,
    0.1 when spread >= 8 and share(answered of call_ended by caller, trunk else ingress, 24h) < 60%,
    0.2 when codes >= 2,
    0.2 when bank >= 1)
  when proven_caller is not known and class(caller) not in ("service", "emergency") and evidence > 0.65
  then find callee as victim_at_risk score evidence
  again after 3h
  sentence "与陌生号码 {caller} 通话已满 15 分钟[，24 小时内来电 {today} 次][；收到端口短信 "
         + "{codes} 条][；致电银行 {bank} 次]。"
           "Has been on the phone with the unproven number {caller} for 15 minutes[, which called "
         + "{today|time|times} in 24 hours][; received {codes|service text|service texts}][; "
         + "made {bank|call|calls} to a bank]."

# A local SIM box or a home number: it calls many, few of whom answer, and nobody calls it. A salesman's customer is
# called once, and calls back; who is being defrauded is held on the line again and again, by one number or several.
# Numbers that share a device are a box, however few people each of them has called so far.
rule victim_of_box "疑似正在受骗：与群呼号码反复长时间通话"
  "Possible victim: repeated long calls with a number that calls strangers"
  version 1
  law "ATF Art. 34"
  on call still talking 5 min
  let callees = distinct(callee of call_offered by proven_caller, 24h)
  let placed = count(call_offered by proven_caller, 24h)
  let answer_share = share(answered of call_ended by proven_caller, 24h)
  let taken = count(call_offered by callee = proven_caller, 24h)
  let repeated = count(call_answered by callee, proven_caller, 24h)
  let called_back = count(call_offered by proven_caller = callee, callee = proven_caller, 24h)
  let long_before = count(call_ended by callee where talk_ms >= 5 min and proven_caller is known
      and (distinct(callee of call_offered by proven_caller, 24h) >= 12
          and share(answered of call_ended by proven_caller, 24h) < 60%
        or distinct(proven_caller of call_offered by device, 24h) >= 3)
      and count(call_offered by callee = proven_caller, 24h) <= 10% * count(call_offered by proven_caller, 24h), 24h)
  let box = distinct(proven_caller of call_offered by device, 24h) >= 3
    and distinct(callee of call_offered by device, 24h) >= 8 and distinct(cell of call_offered by device, 24h) <= 2
  let codes = count(message by recipient = callee where channel = "port_sms" and not has_link, 3h)
  let bank = count(call_offered by proven_caller = callee where prefix(callee, 3) = "955", 3h)
  let evidence = points(
    0.2 when callees >= 12 and answer_share < 60% or box,
    0.1 when callees >= 20,
    0.1 when answer_share < 45%,
    0.1 when taken <= 10% * placed,
    0.1 when called_back = 0,
    0.2 when repeated >= 2 or long_before >= 1,
    0.2 when repeated >= 3 or long_before >= 2,
    0.2 when box,
    0.2 when codes >= 2,
    0.2 when bank >= 1)
  when proven_caller is known and (callees >= 12 and answer_share < 60% or box)
   and taken <= 10% * placed and called_back = 0
   and (repeated >= 2 or long_before >= 1 or bank >= 1 or codes >= 2) and evidence > 0.65
  then find callee as victim_at_risk score evidence
  again after 3h
  sentence "与 {proven_caller} 通话已满 5 分钟：该号 24 小时内呼叫 {callees} 人，接通率 "
         + "{answer_share}，与此人通话 {repeated} 次。"
           "Has been on the phone for 5 minutes with {proven_caller}, which called "
         + "{callees|number|numbers} in 24 hours ({answer_share} answered) and talked to this "
         + "person {repeated|time|times}."

# A leased line whose numbers take turns calling strangers: another number each time, so that the line is looked at.
rule victim_of_line "疑似正在受骗：与轮换号码的专线反复长时间通话"
  "Possible victim: repeated long calls with a line whose numbers take turns"
  version 1
  law "ATF Art. 34"
  on call still talking 5 min
  let calls = count(call_ended by trunk where diversion is not known, 24h)
  let callees = distinct(callee of call_ended by trunk where diversion is not known, 24h)
  let numbers = distinct(caller of call_ended by trunk where diversion is not known, 24h)
  let answer_share = share(answered of call_ended by trunk where diversion is not known, 24h)
  let long_before = count(call_ended by callee, trunk where talk_ms >= 5 min, 24h)
  let called_back = count(call_offered by proven_caller = callee, callee = caller, 24h)
  let codes = count(message by recipient = callee where channel = "port_sms" and not has_link, 3h)
  let bank = count(call_offered by proven_caller = callee where prefix(callee, 3) = "955", 3h)
  let evidence = points(
    0.3 when numbers >= 6 and answer_share < 45%,
    0.1 when answer_share < 35%,
    0.1 when called_back = 0,
    0.3 when long_before >= 1,
    0.1 when long_before >= 2,
    0.2 when codes >= 2,
    0.2 when bank >= 1)
  when ingress = "leased_line" and numbers >= 6 and calls >= 40 and callees >= 85% * calls and answer_share < 45%
   and (long_before >= 1 or codes >= 2 or bank >= 1) and evidence > 0.65
  then find callee as victim_at_risk score evidence
  again after 3h
  sentence "与轮换 {numbers} 个号码群呼的专线通话已满 5 分钟[；此前长谈 {long_before} 次][；致电银"
         + "行 {bank} 次]。"
           "Has been on the phone for 5 minutes with a line that calls strangers by {numbers} "
         + "numbers in turn[; had {long_before|long call|long calls} from it before][; made "
         + "{bank|call|calls} to a bank]."

# The next step: the bank's hotline, after long calls from abroad.
rule victim_calls_bank "疑似正在受骗：境外来电后致电银行" "Possible victim: call to the bank after calls from abroad"
  version 1
  law "ATF Art. 34"
  on call_offered
  let long_calls = count(call_ended by callee = proven_caller
    where ingress = "international_gateway" and talk_ms >= 10 min, 4h)
  let talked = sum(talk_ms of call_ended by callee = proven_caller where ingress = "international_gateway", 4h)
  let codes = count(message by recipient = proven_caller where channel = "port_sms" and not has_link, 3h)
  let evidence = points(
    0.4 when long_calls >= 1,
    0.2 when long_calls >= 2,
    0.1 when talked >= 40 min,
    0.2 when talked >= 60 min,
    0.3 when codes >= 2)
  when prefix(callee, 3) = "955" and class(callee) = "service" and evidence > 0.65
  then find proven_caller as victim_at_risk score evidence
  again after 3h
  sentence "4 小时内与境外号码长谈 {long_calls} 次、共 {talked}，现正致电银行 {callee}[；收到端口短"
         + "信 {codes} 条]。"
           "Had {long_calls|long call|long calls} from abroad within 4 hours, {talked} in all, and "
         + "is now calling the bank {callee}[; received {codes|service text|service texts}]."

# The same after long talks with a local SIM box or a home number.
rule victim_of_box_calls_bank "疑似正在受骗：群呼号码来电后致电银行"
  "Possible victim: call to the bank after calls from a number that calls strangers"
  version 1
  law "ATF Art. 34"
  on call_offered
  let long_calls = count(call_ended by callee = proven_caller where talk_ms >= 5 min and proven_caller is known
      and (distinct(callee of call_offered by proven_caller, 24h) >= 12
          and share(answered of call_ended by proven_caller, 24h) < 60%
        or distinct(proven_caller of call_offered by device, 24h) >= 3)
      and count(call_offered by callee = proven_caller, 24h) <= 10% * count(call_offered by proven_caller, 24h), 6h)
  let talked = sum(talk_ms of call_ended by callee = proven_caller where talk_ms >= 5 min and proven_caller is known
      and (distinct(callee of call_offered by proven_caller, 24h) >= 12
          and share(answered of call_ended by proven_caller, 24h) < 60%
        or distinct(proven_caller of call_offered by device, 24h) >= 3)
      and count(call_offered by callee = proven_caller, 24h) <= 10% * count(call_offered by proven_caller, 24h), 6h)
  let codes = count(message by recipient = proven_caller where channel = "port_sms" and not has_link, 3h)
  let evidence = points(
    0.5 when long_calls >= 1,
    0.2 when long_calls >= 2,
    0.1 when long_calls >= 3,
    0.2 when talked >= 30 min,
    0.2 when codes >= 2)
  when prefix(callee, 3) = "955" and class(callee) = "service" and evidence > 0.65
  then find proven_caller as victim_at_risk score evidence
  again after 3h
  sentence "6 小时内与群呼号码长谈 {long_calls} 次、共 {talked}，现正致电银行 {callee}[；收到端口短"
         + "信 {codes} 条]。"
           "Had {long_calls|long call|long calls} within 6 hours from numbers that call strangers, "
         + "{talked} in all, and is now calling the bank {callee}[; received "
         + "{codes|service text|service texts}]."

# And the codes that the bank sends: what is read out next empties the account.
rule victim_gets_codes "疑似正在受骗：长时间通话后收到验证码" "Possible victim: verification codes after long calls"
  version 1
  law "ATF Art. 34"
  on message
  let long_calls = count(call_ended by callee = recipient
    where ingress = "international_gateway" and talk_ms >= 10 min, 4h)
  let codes = count(message by recipient where channel = "port_sms" and not has_link, 1h)
  let bank = count(call_offered by proven_caller = recipient where prefix(callee, 3) = "955", 4h)
  let evidence = points(
    0.2 when long_calls >= 1,
    0.2 when long_calls >= 2,
    0.2 when codes >= 2,
    0.1 when codes >= 3,
    0.2 when bank >= 1)
  when channel = "port_sms" and not has_link and long_calls >= 1 and evidence > 0.65
  then find recipient as victim_at_risk score evidence
  again after 3h
  sentence "4 小时内与境外号码长谈 {long_calls} 次，近一小时收到端口短信 {codes} 条[，并致电银行 "
         + "{bank} 次]。"
           "Had {long_calls|long call|long calls} from abroad within 4 hours, then received "
         + "{codes|service text|service texts} in an hour[, and made {bank|call|calls} to a bank]."

# A shorter talk will do where one thing follows another within the hour: a stranger from abroad, then the bank, then
# its codes. Somebody who calls abroad himself, or is called by one number again and again, has relatives there.
rule stranger_bank_codes "陌生境外来电后致电银行并收到验证码"
  "Call to the bank and verification codes after a stranger's call from abroad"
  version 1
  law "ATF Art. 34"
  on message
  let since_stranger = gap(call_ended by callee = recipient
    where ingress = "international_gateway" and proven_caller is not known and talk_ms >= 5 min
      and count(call_offered by callee, caller, 24h) <= 2, 90 min)
  let since_bank = gap(call_offered by proven_caller = recipient where prefix(callee, 3) = "955", 1h)
  let codes = count(message by recipient where channel = "port_sms" and not has_link, 1h)
  let calls_abroad = count(call_offered by proven_caller = recipient where country(callee) != "CN", 24h)
  when channel = "port_sms" and not has_link and codes >= 2 and since_stranger > since_bank and calls_abroad = 0
  then find recipient as victim_at_risk score points(0.7 when codes >= 2, 0.1 when codes >= 3)
  again after 3h
  sentence "{since_stranger}前与陌生境外号码通话，{since_bank}前致电银行，一小时内收到端口短信 "
         + "{codes} 条。"
           "Talked with a stranger from abroad {since_stranger} ago, called a bank {since_bank} "
         + "ago, and received {codes|service text|service texts} within the hour."
"""

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
BANK, STRANGER, CHILD = "95588", "+12025550171", "+12025550172"
BOX = "+8617000000070"  # a home number that calls strangers
CODE = "【虚构银行】验证码 000000，用于转账，请勿告诉他人"


def strangers_called(caller: str, count: int, *, every_s: float, **options: Any) -> tuple[Row, ...]:
    """Return calls to strangers from a phone of our own network, one in three of them answered for half a minute."""
    return outgoing_calls(
        caller, count, **{**AT_HOME, "every_s": every_s, "talk_s": 30, "answered_every": 3, **options}
    )


class VictimAtRiskDetector(RuleDetector):
    """Finds the person to be warned; makes no accusation, and the notice is kind."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别疑似正在受骗的用户：与未经证实的陌生号码，或与大量拨打陌生人且接通少的境内号码长时间、反复通话，随后"
        "致电银行、收到验证码。按证据排序，供及时劝阻。不指控任何人。",
        "This detector finds people who may be falling victim to fraud: they have long and repeated calls with an "
        "unproven number, or with a home number that calls strangers, few of whom answer, and may then call the "
        "bank's hotline and receive codes. It ranks them by the evidence seen, so that they can be warned in time. "
        "It accuses nobody.",
    )
    examples = (
        Example(
            title=Words(
                "陌生境外号码当天第三次来电，仍在通话", "the third call of a stranger abroad today still goes on"
            ),
            table="call_offered",
            rows=(
                *call(STRANGER, "+8617000000081", 0, talk_s=20 * MINUTE_S, **ABROAD),
                *call(STRANGER, "+8617000000081", 30 * MINUTE_S, talk_s=20 * MINUTE_S, **ABROAD),
                *call(STRANGER, "+8617000000081", HOUR_S, talk_s=20 * MINUTE_S, ends=False, **ABROAD),
                *call("+8617000000001", "+8617000000002", 2 * HOUR_S, **AT_HOME),  # a later fact, so that the wait ends
            ),
            finds=({"subject_kind": "phone_number", "subject": "+8617000000081", "fraud_type": "victim_at_risk"},),
        ),
        Example(
            title=Words("境外来电长谈两次后致电银行", "two long calls from abroad, then the bank"),
            table="call_offered",
            rows=(
                *call(STRANGER, "+8617000000082", 0, talk_s=25 * MINUTE_S, **ABROAD),
                *call(STRANGER, "+8617000000082", 30 * MINUTE_S, talk_s=25 * MINUTE_S, **ABROAD),
                *call("+8617000000082", BANK, HOUR_S, talk_s=200, **AT_HOME),
            ),
            finds=({"subject": "+8617000000082", "score": 0.7},),
        ),
        Example(
            title=Words(
                "境外来电后致电银行，连续收到三条验证码", "a call from abroad, the bank, and three codes in a row"
            ),
            table="call_offered",
            rows=(
                *call(STRANGER, "+8617000000083", 0, talk_s=12 * MINUTE_S, **ABROAD),
                *call("+8617000000083", BANK, HOUR_S, talk_s=200, **AT_HOME),
                *text_messages(
                    "1069000095588", 3, text=CODE, start_s=HOUR_S + 300, first_recipient=17_000_000_083, step=0
                ),
            ),
            finds=({"subject": "+8617000000083", "score": 0.7}, {"subject": "+8617000000083", "score": 0.7}),
        ),
        Example(
            title=Words(
                "本地卡池轮流来电，第二次长谈仍在进行：致电银行前提示",
                "a local box calls for the second time and still talks: named before the bank is called",
            ),
            table="call_offered",
            rows=(
                *strangers_called(BOX, 24, every_s=200),
                *call(BOX, "+8617000000086", 5_000, talk_s=12 * MINUTE_S, **AT_HOME),
                *call(BOX, "+8617000000086", 7_000, talk_s=20 * MINUTE_S, **AT_HOME),
            ),
            finds=({"subject": "+8617000000086", "fraud_type": "victim_at_risk", "score": 0.7},),
        ),
        Example(
            title=Words(
                "境内群呼号码长谈两次后致电银行",
                "two long talks with a home number that calls strangers, then the bank",
            ),
            table="call_offered",
            rows=(
                *strangers_called(BOX, 24, every_s=200),
                *call(BOX, "+8617000000087", 5_000, talk_s=7 * MINUTE_S, **AT_HOME),
                *call(BOX, "+8617000000087", 6_000, talk_s=7 * MINUTE_S, **AT_HOME),
                *call("+8617000000087", BANK, 7_000, talk_s=200, **AT_HOME),
            ),
            finds=(
                {"subject": "+8617000000087", "fraud_type": "victim_at_risk", "score": 0.7},
                {"subject": "+8617000000087", "fraud_type": "victim_at_risk", "score": 0.7},
            ),
        ),
        Example(
            title=Words(
                "推销员与客户长谈一次，客户随后致电银行",
                "a salesman's one long talk with a customer, who then calls the bank",
            ),
            table="call_offered",
            rows=(
                *strangers_called(BOX, 24, every_s=200),
                *call(BOX, "+8617000000088", 5_000, talk_s=15 * MINUTE_S, **AT_HOME),
                *call("+8617000000088", BANK, 7_000, talk_s=200, **AT_HOME),
            ),
        ),
        Example(
            title=Words(
                "境外子女常与老人长谈，老人致电银行并收到验证码",
                "a child abroad calls an old parent, who sees to the bank",
            ),
            table="call_offered",
            rows=(
                *call(CHILD, "+8617000000084", 0, talk_s=28 * MINUTE_S, **ABROAD),
                *call("+8617000000084", CHILD, DAY_S, talk_s=5 * MINUTE_S, **AT_HOME),
                *call(CHILD, "+8617000000084", 2 * DAY_S, talk_s=28 * MINUTE_S, **ABROAD),
                *call("+8617000000084", BANK, 2 * DAY_S + HOUR_S, talk_s=150, **AT_HOME),
                *text_messages(
                    "1069000095588", 1, text=CODE, start_s=2 * DAY_S + 4_000, first_recipient=17_000_000_084
                ),
                *call(CHILD, "+8617000000084", 2 * DAY_S + 2 * HOUR_S, talk_s=40 * MINUTE_S, **ABROAD),
            ),
        ),
        Example(
            title=Words("与快递客服热线通话二十分钟", "twenty minutes with a hotline that calls back"),
            table="call_offered",
            rows=tuple(
                call("95338", "+8617000000085", 0, talk_s=20 * MINUTE_S, ingress="leased_line", trunk="LL-FIC-01")
            ),
        ),
    )


DETECTOR = VictimAtRiskDetector()

"""Call forwarding that diverts victims' calls, such as a bank's spoken codes, to a fraudster (ATF Art. 11)."""

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import Row, call, fact, incoming_calls

TEXT = """
# At activation. An office forwards unanswered calls to a secretary, whose own phone rings all day in any case.
rule forwarding_abuse "呼叫转移滥用" "Call-forwarding abuse"
  version 1
  law "ATF Art. 11"
  on forwarding
  let numbers = distinct(number of forwarding by target where action = "set" and condition = "unconditional", 24h)
  let taken_back = count(forwarding by number where action = "cleared", 24h)
  let of_target = count(call_offered by callee = target, 24h) + count(call_offered by proven_caller = target, 24h)
  let of_both = count(call_offered by proven_caller = number, callee = target, 24h)
    + count(call_offered by proven_caller = target, callee = number, 24h)
  let from_abroad = count(call_offered by callee = number
    where ingress = "international_gateway" and proven_caller is not known, 2h)
  let card_changed = count(registration by number, 24h) >= 1 or distinct(sim_card of sim_use by number, 24h) >= 2
  let evidence = points(
    0.2 when numbers >= 2,
    0.1 when numbers >= 3,
    0.1 when numbers >= 5,
    0.1 when how = "mmi",
    0.1 when of_both = 0 and taken_back = 0,
    0.3 when of_target = 0 and class(target) in ("mobile", "mvno"),
    0.3 when country(target) != "CN",
    0.2 when from_abroad >= 1,
    0.3 when card_changed)
  when action = "set" and condition = "unconditional" and evidence > 0.65
  then find target as call_forwarding score evidence
  again after 24h
  sentence "24 小时内 {numbers} 个号码将全部来电转到此号[，设置前接到境外来电 {from_abroad} 次]["
         + "{card_changed}，且刚换卡]。"
           "{numbers|number|numbers} had all calls forwarded here in 24 hours[; calls from abroad "
         + "in the two hours before: {from_abroad}][{card_changed}; the SIM card had just been "
         + "changed]."

# Whose calls go there now, to be told so before the bank calls.
rule forwarded_victim "来电被转移的用户" "Person whose calls are being diverted"
  version 1
  law "ATF Art. 34"
  on forwarding
  let numbers = distinct(number of forwarding by target where action = "set" and condition = "unconditional", 24h)
  let taken_back = count(forwarding by number where action = "cleared", 24h)
  let of_target = count(call_offered by callee = target, 24h) + count(call_offered by proven_caller = target, 24h)
  let of_both = count(call_offered by proven_caller = number, callee = target, 24h)
    + count(call_offered by proven_caller = target, callee = number, 24h)
  let from_abroad = count(call_offered by callee = number
    where ingress = "international_gateway" and proven_caller is not known, 2h)
  let card_changed = count(registration by number, 24h) >= 1 or distinct(sim_card of sim_use by number, 24h) >= 2
  let evidence = points(
    0.2 when numbers >= 2,
    0.1 when numbers >= 3,
    0.1 when numbers >= 5,
    0.1 when how = "mmi",
    0.1 when of_both = 0 and taken_back = 0,
    0.3 when of_target = 0 and class(target) in ("mobile", "mvno"),
    0.3 when country(target) != "CN",
    0.2 when from_abroad >= 1,
    0.3 when card_changed)
  when action = "set" and condition = "unconditional" and evidence > 0.65
  then find number as victim_at_risk score evidence
  again after 24h
  sentence "该用户的全部来电刚被转到 {target}[，此前两小时内接到境外来电 {from_abroad} 次]["
         + "{card_changed}，且刚换卡]。"
           "All calls to this person have just been forwarded to {target}[; calls from abroad in "
         + "the two hours before: {from_abroad}][{card_changed}; the SIM card had just been "
         + "changed]."

# Abroad, within the week of a new card for the number: the card was swapped to take the number over.
rule forwarding_after_swap "换卡后转移到境外" "Forwarding abroad after a SIM card change"
  version 1
  law "ATF Art. 11"
  on forwarding
  let card_changed = count(registration by number, 7 days) >= 1 or distinct(sim_card of sim_use by number, 7 days) >= 2
  let evidence = points(
    0.4 when card_changed,
    0.3 when country(target) != "CN",
    0.1 when condition = "unconditional",
    0.1 when how = "mmi")
  when action = "set" and evidence > 0.65
  then find target as call_forwarding score evidence
  again after 24h
  sentence "{number} 换卡后一周内，来电被转到这个境外号码。"
           "Calls to {number} were forwarded to this foreign number within a week of a change of "
         + "SIM card."

# When the bank's call arrives: it was meant for somebody who, just before, let all his calls go to a silent phone.
rule forwarding_before_bank "银行来电前设置转移" "Forwarding set up before a bank calls"
  version 1
  law "ATF Art. 11"
  on call_offered
  let since = gap(forwarding by number = original_callee, target = callee
    where action = "set" and condition = "unconditional", 24h)
  let numbers = distinct(original_callee of call_offered by callee where class(caller) = "service", 24h)
  let known_to_each_other = count(call_offered by proven_caller = original_callee, callee, 24h)
    + count(call_offered by proven_caller = callee, callee = original_callee, 24h)
  let own_calls = count(call_offered by callee where original_callee is not known, 24h)
    + count(call_offered by proven_caller = callee, 24h)
  let evidence = points(
    0.3 when since < 2h,
    0.1 when since < 30 min,
    0.1 when numbers >= 2,
    0.2 when known_to_each_other = 0,
    0.2 when own_calls = 0,
    0.2 when country(callee) != "CN")
  when original_callee is known and class(caller) = "service" and evidence > 0.65
  then find callee as call_forwarding score evidence
  again after 24h
  sentence "服务号码 {caller} 的来电被转到此号[，{since}前刚设置转移]；24 小时内有 {numbers} 人的此"
         + "类来电转来。"
           "A call from the service number {caller} was diverted here[, {since} after forwarding "
         + "was set up]; such calls to {numbers|person|people} were diverted here in 24 hours."
"""

MINUTE_S, HOUR_S = 60, 3600
BANK = "95588"
TARGET, ABROAD, SECRETARY = "+8617000000051", "+12025550151", "+8617000000052"


def forwarding_event(
    number: str, target: str, at_s: float, *, condition: str = "unconditional", action: str = "set", how: str = "mmi"
) -> Row:
    """Return the event that sets or cancels the forwarding of a number's calls."""
    return fact("forwarding", at_s, number=number, target=target, condition=condition, action=action, how=how)


def bank_call(number: str, target: str, at_s: float) -> tuple[Row, ...]:
    """Return the events of a bank's call to a number that is forwarded to another."""
    return tuple(
        call(
            BANK, target, at_s, talk_s=90, proven=True, original_callee=number, diversion=number, ingress="leased_line"
        )
    )


class ForwardingAbuseDetector(RuleDetector):
    """Names the number that calls are forwarded to, and the one whose calls they are, who is to be warned."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别异常呼叫转移：多个号码无条件转移至同一静默号码，换卡或境外来电后设置转移，转移至境外，或设置后不久银"
        "行来电即被转走。认定对象为转移目标号码。对来电被转移的用户仅作提示。",
        "This detector finds suspicious call forwarding: all calls of several numbers go to one silent number, or "
        "forwarding is set up after a SIM card change or a call from abroad, to a number abroad, or just before a "
        "bank calls. It names the number that the calls are forwarded to. It also names people whose calls are "
        "diverted, so that they can be warned.",
    )
    examples = (
        Example(
            title=Words(
                "两个号码用拨号指令转移到同一静默手机", "two numbers forwarded by dialled code to one silent phone"
            ),
            table="forwarding",
            rows=(forwarding_event("+8617000000041", TARGET, 0), forwarding_event("+8617000000042", TARGET, HOUR_S)),
            finds=(
                {"subject": "+8617000000042", "fraud_type": "victim_at_risk"},
                {"subject_kind": "phone_number", "subject": TARGET, "score": 0.7},
            ),
        ),
        Example(
            title=Words("换卡两小时后转移到境外", "forwarded abroad two hours after a change of card"),
            table="forwarding",
            rows=(
                fact("sim_use", 0, number="+8617000000043", sim_card="460990000000043", service="attach"),
                fact("sim_use", HOUR_S, number="+8617000000043", sim_card="460990000000044", service="attach"),
                forwarding_event("+8617000000043", ABROAD, 3 * HOUR_S),
            ),
            finds=(
                {"subject": "+8617000000043", "fraud_type": "victim_at_risk"},
                {"subject": ABROAD, "score": 0.8},
                {"subject": ABROAD, "score": 0.9},
            ),
        ),
        Example(
            title=Words("设置转移六分钟后银行来电", "a bank calls six minutes after the calls were sent on"),
            table="forwarding",
            rows=(forwarding_event("+8617000000044", TARGET, 0), *bank_call("+8617000000044", TARGET, 6 * MINUTE_S)),
            finds=({"subject": TARGET, "fraud_type": "call_forwarding", "score": 0.8},),
        ),
        Example(
            title=Words(
                "办公室五部电话白天转给秘书，银行也来电", "five lines of an office go to a secretary, banks call too"
            ),
            table="forwarding",
            rows=(
                *(
                    forwarding_event(f"+861700000006{n}", SECRETARY, n, condition="no_answer" if n else "unconditional")
                    for n in range(5)
                ),
                *incoming_calls(SECRETARY, 6, every_s=HOUR_S, start_s=MINUTE_S),
                *bank_call("+8617000000061", SECRETARY, HOUR_S),
                *bank_call("+8617000000060", SECRETARY, 3 * HOUR_S),
            ),
        ),
        Example(
            title=Words("出国前把来电转到自己的境外号码", "a traveller sends his calls on to his number abroad"),
            table="forwarding",
            rows=(forwarding_event("+8617000000045", "+12025550145", 0),),
        ),
    )


DETECTOR = ForwardingAbuseDetector()

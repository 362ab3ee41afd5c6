"""New cards that behave like those bought for fraud: opened in bulk, silent, then many calls, moved (ATF Art. 9-11)."""

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import AT_HOME, Row, call, earlier_records, fact, incoming_calls, outgoing_calls

TEXT = """
# No call for a day or more, then a crowd that hardly answers and never calls back. Couriers are answered, and called.
# Silence is known only where the records of the network reach a day further back than the card's first call. After a
# day off, half of somebody's first calls may go unanswered by chance: the fewer there are, the more must be unanswered.
rule new_card "静默卡突发外呼" "Silent card with a sudden burst of calls"
  version 4
  law "ATF Art. 11"
  on call_ended
  let calls = count(call_ended by proven_caller, 24h)
  let callees = distinct(callee of call_ended by proven_caller, 24h)
  let taken = count(call_ended by callee = proven_caller, 24h)
  let awake = age(call_ended by proven_caller, 24h)
  let records = age(call_ended by ingress, 24h)
  let answer_share = share(answered of call_ended by proven_caller, 24h)
  let evidence = points(
    0.1 when callees >= 15,
    0.1 when callees >= 30,
    0.1 when callees >= 50,
    0.2 when callees >= 90% * calls,
    0.2 when awake < 12h,
    0.2 when taken = 0,
    0.1 when taken <= 5% * calls,
    0.2 when answer_share < 50%,
    0.2 when count(registration by number = proven_caller, 24h) >= 1,
    0.1 when distinct(cell of call_ended by proven_caller, 24h) = 1)
  let by_day = count(call_ended by proven_caller where hour(occurred_at) < 7 or hour(occurred_at) >= 21, 24h) = 0
  let brief = max(talk_ms of call_ended by proven_caller where answered, 24h) < 150 s
  let on_a_round = by_day and brief and share(answered of call_ended by proven_caller, 24h) >= 40%
    and distinct(callee of call_ended by proven_caller, 24h) >= 75% * count(call_ended by proven_caller, 24h)
  when ingress = "mobile" and awake < 24h and records >= awake + 24h
   and callees >= 15 and answer_share < 65% and evidence > 0.75
   and (count(registration by number = proven_caller, 30 days) >= 1
     or taken <= 3% * calls and (answer_share < 40% or callees >= 20 and answer_share < 50%
       or callees >= 40 and answer_share < 60%))
  except on_a_round
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "静默一日以上后突然外呼，{awake}内呼叫 {callees} 个号码，接通率 {answer_share}，接到来电"
         + " {taken} 次。"
           "Was silent for a day or longer, then called {callees|number|numbers} within {awake}; "
         + "{answer_share} of the calls were answered, and {taken|call|calls} came in."

# Opened within the month, hardly used since, and now strangers who do not answer.
rule new_card_month "入网一月内群呼陌生人" "Calls to strangers within a month of opening"
  version 2
  law "ATF Art. 11"
  on call_ended
  let callees = distinct(callee of call_ended by proven_caller, 24h)
  let today = count(call_ended by proven_caller, 24h)
  let earlier = count(call_ended by proven_caller, 30 days) - today
  let taken = count(call_ended by callee = proven_caller, 24h)
  let answer_share = share(answered of call_ended by proven_caller, 24h)
  let in_a_pile = count(registration by number = proven_caller
    where distinct(number of registration by outlet, 24h) >= 5, 30 days)
  let evidence = points(
    0.1 when in_a_pile >= 1,
    0.2 when earlier <= 5
      and age(call_ended by ingress, 24h) >= age(registration by number = proven_caller, 30 days),
    0.1 when callees >= 20,
    0.2 when callees >= 85% * today,
    0.2 when answer_share < 55%,
    0.1 when taken <= 30% * today,
    0.1 when taken <= 5% * today)
  when ingress = "mobile" and callees >= 10 and answer_share < 65% and evidence > 0.55
   and count(registration by number = proven_caller, 30 days) >= 1
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "入网不足一月，24 小时内呼叫 {callees} 个号码，接通率 {answer_share}；此前外呼 "
         + "{earlier} 次。"
           "Opened within the last month; called {callees|number|numbers} in 24 hours, and "
         + "{answer_share} of the calls were answered. It had made {earlier|call|calls} before."

# Many cards for few people. A shop at a campus opens as many, one a person, and reads the chip of every paper.
rule cards_opened_together "同网点批量开卡" "Cards opened together"
  version 1
  law "ATF Art. 10"
  on registration
  let cards = distinct(number of registration by outlet where result = "passed", 1h)
  let people = distinct(person of registration by outlet where result = "passed", 1h)
  let of_person = distinct(number of registration by person where result = "passed", 24h)
  let day_cards = distinct(number of registration by outlet where result = "passed", 24h)
  let chip_not_read = share(id_read in ("hand", "ocr") and channel in ("agent", "own_shop")
    of registration by outlet, 24h)
  let evidence = points(
    0.2 when cards >= 5,
    0.1 when cards >= 10,
    0.2 when of_person >= 2,
    0.2 when of_person >= 4,
    0.2 when cards >= 1.5 * people and cards >= 4,
    0.2 when day_cards >= 10 and chip_not_read >= 50%,
    0.1 when channel = "agent",
    0.2 when hour(occurred_at) < 8 or hour(occurred_at) >= 21)
  when result = "passed" and evidence > 0.55
  then find number as subscriber_fraud score evidence
  again after 24h
  sentence "该网点一小时内为 {people} 人开卡 {cards} 张[，其中此人一日内开卡 {of_person} 张]。"
           "One of {cards|card|cards} that an outlet opened for {people|person|people} within an "
         + "hour[; this person opened {of_person} within a day]."

rule outlet_of_pile "批量开卡的网点" "Outlet that opens cards in bulk"
  version 1
  law "ATF Art. 9"
  on registration
  let cards = distinct(number of registration by outlet where result = "passed", 24h)
  let people = distinct(person of registration by outlet where result = "passed", 24h)
  let chip_not_read = share(id_read in ("hand", "ocr") and channel in ("agent", "own_shop")
    of registration by outlet, 24h)
  let by_night = share(hour(occurred_at) < 8 or hour(occurred_at) >= 21 of registration by outlet, 24h)
  let evidence = points(
    0.2 when cards >= 8,
    0.1 when cards >= 16,
    0.3 when cards >= 1.5 * people,
    0.2 when cards >= 3 * people,
    0.3 when chip_not_read >= 50%,
    0.2 when by_night >= 50%)
  when cards >= 6 and evidence > 0.55
  then find outlet as subscriber_fraud score evidence
  again after 24h
  sentence "该网点 24 小时内为 {people} 人开卡 {cards} 张[，{chip_not_read} 未读证件芯片][，"
         + "{by_night} 在夜间办理]。"
           "Opened {cards|card|cards} for {people|person|people} in 24 hours[; the chip of the ID "
         + "card was not read for {chip_not_read}][; {by_night} were opened by night]."

# Cards that call only banks, opened without reading the chip or in a series: accounts are tried one by one.
rule new_cards_try_banks "新卡仅致电银行" "New cards that call only banks"
  version 1
  law "ATF Art. 11"
  on call_offered
  let banks = count(call_offered by proven_caller where prefix(callee, 3) = "955", 24h)
  let only_banks = banks = count(call_offered by proven_caller, 24h)
  let taken = count(call_offered by callee = proven_caller, 24h)
  let chip_not_read = count(registration by number = proven_caller
    where id_read in ("hand", "ocr") and channel in ("agent", "own_shop"), 24h)
  let with_others = count(registration by number = proven_caller
    where distinct(number of registration by person, 24h) >= 2, 24h)
  let beside = distinct(proven_caller of call_offered by cell
    where prefix(callee, 3) = "955"
      and share(prefix(callee, 3) = "955" of call_offered by proven_caller, 24h) = 1
      and count(call_offered by callee = proven_caller, 24h) = 0, 24h)
  let unread_beside = distinct(proven_caller of call_offered by cell
    where prefix(callee, 3) = "955"
      and count(registration by number = proven_caller
        where id_read in ("hand", "ocr") and channel in ("agent", "own_shop"), 24h) >= 1, 24h)
  let evidence = points(
    0.2 when only_banks,
    0.1 when only_banks and banks >= 2,
    0.1 when taken = 0,
    0.2 when count(registration by number = proven_caller, 24h) >= 1,
    0.2 when chip_not_read >= 1,
    0.1 when with_others >= 1,
    0.2 when beside >= 4,
    0.1 when beside >= 8,
    0.3 when chip_not_read >= 1 and unread_beside >= 4)
  when ingress = "mobile" and prefix(callee, 3) = "955" and evidence > 0.65
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "24 小时内致电银行 {banks} 次，接到来电 {taken} 次[；同小区有 {beside} 个号码只致电银行]"
         + "。"
           "Made {banks|call|calls} to banks in 24 hours and received {taken|call|calls}[; numbers "
         + "in its cell that call banks only: {beside}]."

# A student puts his new card into his phone, and then into a better one. A card for sale goes from hand to hand.
rule new_card_changes_device "新卡首次换机" "New card moved to another device"
  version 2
  law "ATF Art. 11"
  on sim_use
  let devices = distinct(device of sim_use by sim_card, 7 days)
  let cards_in_device = distinct(sim_card of sim_use by device, 24h)
  let chip_not_read = (count(registration by number
      where id_read in ("hand", "ocr") and channel in ("agent", "own_shop"), 7 days)
    else count(registration by sim_card
      where id_read in ("hand", "ocr") and channel in ("agent", "own_shop"), 7 days))
  let opened = (count(registration by number, 7 days) else count(registration by sim_card, 7 days))
  let in_a_pile = (count(registration by number where distinct(number of registration by outlet, 24h) >= 5, 7 days)
    else count(registration by sim_card where distinct(number of registration by outlet, 24h) >= 5, 7 days))
  let evidence = points(
    0.3 when devices >= 2,
    0.3 when devices >= 3,
    0.3 when cards_in_device >= 3,
    0.3 when chip_not_read >= 1,
    0.1 when in_a_pile >= 1)
  when devices >= 2 and evidence > 0.55 and opened >= 1
  then find sim_card as subscriber_fraud score evidence
  again after 24h
  sentence "这张新卡 7 日内用于 {devices} 台终端[，当前终端一日内插过 {cards_in_device} 张卡]。"
           "This new card was in {devices|device|devices} within 7 days[; its present device held "
         + "{cards_in_device|card|cards} in a day]."

# The same in records of calls that name the device, for who has no records of cards in devices.
rule new_number_changes_device "新号首次换机" "New number moved to another device"
  version 1
  law "ATF Art. 11"
  on call_offered
  let devices = distinct(device of call_offered by proven_caller, 24h)
  let numbers_in_device = distinct(proven_caller of call_offered by device, 24h)
  let chip_not_read = count(registration by number = proven_caller
    where id_read in ("hand", "ocr") and channel in ("agent", "own_shop"), 7 days)
  let in_a_pile = count(registration by number = proven_caller
    where distinct(number of registration by outlet, 24h) >= 5, 7 days)
  let evidence = points(
    0.3 when devices >= 2,
    0.3 when devices >= 3,
    0.3 when numbers_in_device >= 3,
    0.3 when chip_not_read >= 1,
    0.1 when in_a_pile >= 1)
  when devices >= 2 and evidence > 0.55 and count(registration by number = proven_caller, 7 days) >= 1
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "这个新号 24 小时内用于 {devices} 台终端[，当前终端一日内用过 {numbers_in_device} 个号码"
         + "]。"
           "This new number was in {devices|device|devices} in 24 hours[; its present device had "
         + "{numbers_in_device|number|numbers}]."
"""

HOUR_S, NIGHT_S = 3600, 14 * 3600  # ten in the evening in China
BANK = "95588"


def registration(
    number: str,
    at_s: float,
    *,
    person: str = "p1",
    outlet: str = "OUTLET-FIC-1",
    id_read: str = "chip",
    channel: str = "own_shop",
) -> Row:
    """Return the registration of a card."""
    return fact(
        "registration",
        at_s,
        number=number,
        sim_card=sim_card(number),
        person=person,
        outlet=outlet,
        id_read=id_read,
        channel=channel,
        result="passed",
    )


def attachment(number: str, device: int, at_s: float) -> Row:
    """Return the event of a card attached in a device."""
    imei = f"8600300000000{device:02d}"
    return fact("sim_use", at_s, number=number, sim_card=sim_card(number), device=imei, service="attach")


def sim_card(number: str) -> str:
    """Return the identity (IMSI) of a number's card."""
    return f"46099{number[-10:]}"


BULK_REGISTRATIONS = tuple(
    registration(f"+861700000071{n}", NIGHT_S + n * 120, person=f"p{n // 3}", id_read="ocr", channel="agent")
    for n in range(6)
)
CAMPUS_REGISTRATIONS = tuple(
    registration(f"+86170000008{n:02d}", n * 240, person=f"s{n}", outlet="OUTLET-FIC-2") for n in range(15)
)


class NewCardDetector(RuleDetector):
    """Names the number, or the outlet that opened the cards."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别静默后突然拨打大量陌生人的卡，以及为少数人批量开立的卡及其开卡网点。同时识别开卡时未读取证件芯片，且"
        "仅致电银行或更换终端的新卡。",
        "This detector finds cards that are silent and then suddenly call many strangers, and cards opened in bulk "
        "for a few people, together with the outlet. It also finds new cards that were opened without reading the "
        "chip of the identity document and that call only banks or move from device to device.",
    )
    examples = (
        Example(
            title=Words(
                "静默后一天拨打十五个陌生人，三分之一接听", "silent, then 15 strangers, a third of whom answer"
            ),
            table="call_offered",
            rows=(
                *earlier_records(2, **AT_HOME),
                *outgoing_calls("+8617000000071", 15, every_s=300, talk_s=30, answered_every=3, **AT_HOME),
            ),
            finds=({"subject_kind": "phone_number", "subject": "+8617000000071", "score": 0.9},),
        ),
        Example(
            title=Words(
                "开卡三天后拨打十个陌生人，一半不接", "opened three days ago, ten strangers called, half answer"
            ),
            table="call_offered",
            rows=(
                registration("+8617000000072", 0),
                *outgoing_calls(
                    "+8617000000072", 10, every_s=900, talk_s=30, answered_every=2, start_s=72 * HOUR_S, **AT_HOME
                ),
            ),
            finds=({"subject": "+8617000000072", "score": 0.6},),
        ),
        Example(
            title=Words("代理网点夜间为两人开六张卡", "an agent opens six cards for two people by night"),
            table="registration",
            rows=BULK_REGISTRATIONS,
            finds=(
                {"subject": "+8617000000714", "score": 0.7},
                {"subject": "+8617000000715", "score": 0.9},
                {"subject_kind": "outlet", "subject": "OUTLET-FIC-1", "score": 0.8},
            ),
        ),
        Example(
            title=Words("手工录入证件的新卡只致电银行", "a new card, its paper typed by hand, calls a bank alone"),
            table="registration",
            rows=(
                registration("+8617000000073", 0, id_read="hand", channel="agent"),
                *call("+8617000000073", BANK, 12 * HOUR_S, talk_s=70, **AT_HOME),
            ),
            finds=({"subject": "+8617000000073", "score": 0.7},),
        ),
        Example(
            title=Words("未读芯片的新卡首次换机", "a new card, its chip unread, goes into another device"),
            table="registration",
            rows=(
                registration("+8617000000074", 0, id_read="ocr"),
                attachment("+8617000000074", 1, HOUR_S),
                attachment("+8617000000074", 2, 9 * HOUR_S),
            ),
            finds=({"subject_kind": "sim_card", "subject": sim_card("+8617000000074"), "score": 0.6},),
        ),
        Example(
            title=Words(
                "记录从当天开始，无从判断此前是否静默", "records that begin today say nothing of a silence before"
            ),
            table="call_offered",
            rows=outgoing_calls("+8617000000077", 20, every_s=300, talk_s=30, answered_every=3, **AT_HOME),
        ),
        Example(
            title=Words(
                "开学季营业厅一小时为十五名学生开卡", "a shop at a campus opens cards for 15 students in an hour"
            ),
            table="registration",
            rows=CAMPUS_REGISTRATIONS,
        ),
        Example(
            title=Words(
                "学生新卡联系同学和银行，并换到新手机", "a student's card calls friends and a bank, and changes phones"
            ),
            table="registration",
            rows=(
                registration("+8617000000075", 0),
                attachment("+8617000000075", 1, HOUR_S),
                *call("+8617000000075", BANK, 2 * HOUR_S, talk_s=120, **AT_HOME),
                *outgoing_calls("+8617000000075", 9, every_s=1_200, talk_s=90, start_s=3 * HOUR_S, **AT_HOME),
                attachment("+8617000000075", 2, 9 * HOUR_S),
            ),
        ),
        Example(
            title=Words(
                "快递员休息一天后上班，多数接听并有回拨", "a courier after a day off: most answer, some call back"
            ),
            table="call_offered",
            rows=(
                *earlier_records(3, **AT_HOME),
                *outgoing_calls("+8617000000076", 30, every_s=200, talk_s=15, **AT_HOME),
                *outgoing_calls("+8617000000076", 10, every_s=600, start_s=90, first_callee=17_000_500_000, **AT_HOME),
                *incoming_calls("+8617000000076", 3, every_s=1_800, start_s=30),
            ),
        ),
    )


DETECTOR = NewCardDetector()

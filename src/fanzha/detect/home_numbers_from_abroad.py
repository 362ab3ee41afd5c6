"""Trunks from abroad whose calls claim many home numbers without proof of roaming (ATF Art. 13)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import ABROAD, Row, call

TEXT = """
# Travellers call home with their own numbers, again and again, people who answer; those of our own network are proven
# to roam. Who makes numbers up takes another with every call, to somebody else each time. Fixed lines and hotlines do
# not travel: three of them among the numbers are no travellers'. Of mobiles alone, forty calls show that few answer,
# and sixty that nobody is called again. At each single call gateway_guard looks.
rule home_numbers_from_abroad "境外中继冒用境内号码" "Home numbers claimed from abroad"
  version 3
  law "ATF Art. 13"
  on call_ended
  let claims = count(call_ended by trunk
    where country(caller) = "CN" and (roaming is not known or roaming != "proven"), 24h)
  let numbers = distinct(caller of call_ended by trunk
    where country(caller) = "CN" and (roaming is not known or roaming != "proven"), 24h)
  let callees = distinct(callee of call_ended by trunk
    where country(caller) = "CN" and (roaming is not known or roaming != "proven"), 24h)
  let answer_share = share(answered of call_ended by trunk
    where country(caller) = "CN" and (roaming is not known or roaming != "proven"), 24h)
  let no_travellers = distinct(caller of call_ended by trunk where country(caller) = "CN"
    and class(caller) in ("fixed", "service", "service_400", "service_800", "emergency"), 24h)
  let proven = distinct(caller of call_ended by trunk where country(caller) = "CN" and roaming = "proven", 24h)
  let evidence = points(
    0.3 when numbers >= 20,
    0.1 when numbers >= 60,
    0.2 when numbers >= 80% * claims,
    0.2 when answer_share < 60%,
    0.2 when proven <= 10% * numbers)
  when ingress = "international_gateway" and country(caller) = "CN" and (roaming is not known or roaming != "proven")
   and numbers >= 20 and callees >= 85% * claims and evidence >= 0.65
   and ((no_travellers >= 3 or roaming is known) and (answer_share < 60% or claims >= 60)
     or claims >= 40 and callees >= 95% * claims and answer_share < 40% or claims >= 60 and callees >= 97% * claims)
  then find trunk as caller_id_spoofing score evidence
  again after 24h
  sentence "24 小时内以 {numbers} 个境内号码从境外来话 {claims} 次，均未证实漫游，接通率 "
         + "{answer_share}。"
           "Brought {claims|call|calls} from abroad in 24 hours that showed {numbers} home "
         + "numbers, none proven to be roaming; {answer_share} were answered."
"""


def calls_from_abroad(
    count: int,
    *,
    numbers: int,
    fixed: int = 0,
    first: int = 0,
    start_s: float = 0,
    answered_every: int = 2,
    **fields: Any,
) -> tuple[Row, ...]:
    """Return the events of calls on a trunk, five minutes apart, that claim `numbers` home numbers in turn.

    The first `fixed` of these are fixed lines, the others mobiles.
    """
    calls = (
        call(
            f"+86{2117 if index % numbers < fixed else 170000}2{first + index % numbers:04d}",
            f"+86{17_000_100_000 + 3_701 * index}",
            start_s + 300 * index,
            talk_s=None if index % answered_every else 120,
            **ABROAD | fields,
        )
        for index in range(count)
    )
    return tuple(row for call_rows in calls for row in call_rows)


class HomeNumbersFromAbroadDetector(RuleDetector):
    """Names the trunk: the claimed numbers belong to the people who are imitated."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别一天内声称大量境内号码的境外中继，且几乎每次呼叫都更换主叫和被叫。其中有三个以上固话或客服号码的，须"
        "接通少或呼叫达六十次；仅有手机号的，须达四十次且接通少，或达六十次且被叫几乎不重复。已证实漫游的号码不计"
        "入。",
        "This detector finds trunks from abroad that claim many home numbers within a day, with a different number "
        "and a different person called on almost every call. There must be at least three fixed lines or hotlines "
        "among the numbers, with few calls answered or sixty calls in all; for mobiles alone, there must be forty "
        "calls that few answer, or sixty of which hardly any go to the same person again. Numbers that are proven to "
        "roam are not counted.",
    )
    examples = (
        Example(
            title=Words(
                "境外中继每次冒用一个境内号码，其中三个固话，半数接通",
                "another home number with every call, three of them fixed lines, half of the calls answered",
            ),
            table="call_offered",
            rows=calls_from_abroad(20, numbers=20, fixed=3),
            finds=(
                {"subject_kind": "trunk", "subject": "IGW-FIC-01", "fraud_type": "caller_id_spoofing", "score": 0.8},
            ),
        ),
        Example(
            title=Words(
                "出境用户反复致电家人，网络已证实漫游", "travellers call home again and again, and are proven to roam"
            ),
            table="call_offered",
            rows=calls_from_abroad(40, numbers=10, answered_every=1, proven=True, roaming="proven"),
        ),
        Example(
            title=Words(
                "其他运营商的出境用户无法证实漫游，但反复致电家人",
                "travellers of another network, whose roaming nobody proves",
            ),
            table="call_offered",
            rows=(
                *calls_from_abroad(24, numbers=12, answered_every=1),
                *calls_from_abroad(24, numbers=12, first=12, start_s=8_000, answered_every=1),
            ),
        ),
        Example(
            title=Words(
                "无漫游证明的出境用户早晨各打一次，半数未接",
                "travellers whose roaming nobody proves, in the morning: a call each, half of them not answered",
            ),
            table="call_offered",
            rows=calls_from_abroad(30, numbers=30),
        ),
        Example(
            title=Words(
                "无漫游证明的出境用户中继：各打一两次，多数接听",
                "travellers whose roaming nobody proves, a call or two each, most of them answered",
            ),
            table="call_offered",
            rows=(
                *calls_from_abroad(25, numbers=25, answered_every=1),
                *calls_from_abroad(25, numbers=20, start_s=9_000, answered_every=1),
            ),
        ),
    )


DETECTOR = HomeNumbersFromAbroadDetector()

"""Quiet fixed lines that suddenly call many strangers, as in a hotel room used by fraudsters (ATF Art. 14)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import incoming_calls, outgoing_calls

TEXT = """
# Hospitals and call centres call as many, every day, and are answered; a hotel room's line did not call all week.
rule landline_burst "酒店、办公固话突发外呼" "Sudden burst of calls from a fixed line"
  version 1
  law "ATF Art. 14"
  on call_ended
  let calls = count(call_ended by proven_caller, 24h)
  let callees = distinct(callee of call_ended by proven_caller, 24h)
  let week = count(call_ended by proven_caller, 7 days)
  let answer_share = share(answered of call_ended by proven_caller, 24h)
  let evidence = points(
    0.2 when callees >= 20,
    0.1 when callees >= 50,
    0.3 when week <= 120% * calls,
    0.2 when answer_share < 50%,
    0.1 when mean(talk_ms of call_ended by proven_caller where answered, 24h) < 40 s,
    0.1 when count(call_ended by callee = proven_caller, 24h) <= 5% * calls)
  when class(proven_caller) = "fixed" and callees >= 20 and answer_share < 60% and evidence >= 0.75
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "该固话 24 小时内呼叫 {callees} 个号码、共 {calls} 次（近 7 日共 {week} 次），接通率 "
         + "{answer_share}。"
           "Called {callees|number|numbers} in 24 hours, with {calls} of the {week|call|calls} "
         + "that it made in 7 days; {answer_share} were answered."
"""

DAY_S = 86_400
OWN_LINE: dict[str, Any] = {"proven": True, "ingress": "leased_line", "trunk": "LINE-FIC-01"}


class LandlineBurstDetector(RuleDetector):
    """Names the fixed number, which is proven by its line."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别一周内几乎没有呼出，却突然大量拨打陌生号码，且接通少、无人回拨的固话。每天照常外呼的医院和客服中心不"
        "在认定之列。",
        "This detector finds fixed lines that made hardly any calls all week and then suddenly call many strangers, "
        "when few answer and nobody calls back. It leaves out hospitals and call centres that call every day.",
    )
    examples = (
        Example(
            title=Words(
                "酒店客房固话一下午拨打二十二个陌生人", "a hotel room's line calls 22 strangers in an afternoon"
            ),
            table="call_offered",
            rows=outgoing_calls("+862117000011", 22, every_s=500, talk_s=25, answered_every=3, **OWN_LINE),
            finds=({"subject_kind": "phone_number", "subject": "+862117000011", "score": 0.9},),
        ),
        Example(
            title=Words("医院预约台前一天也照常外呼", "the desk of a hospital, which called yesterday too"),
            table="call_offered",
            rows=(
                *outgoing_calls("+862117000012", 10, every_s=900, talk_s=45, answered_every=1, **OWN_LINE),
                *outgoing_calls(
                    "+862117000012", 22, every_s=500, talk_s=45, answered_every=3, start_s=DAY_S, **OWN_LINE
                ),
            ),
        ),
        Example(
            title=Words("新装的办公总机外呼，客户接听并回电", "a new office line: customers answer, and call too"),
            table="call_offered",
            rows=(
                *outgoing_calls("+862117000013", 22, every_s=500, talk_s=80, **OWN_LINE),
                *incoming_calls("+862117000013", 5, every_s=1_500, start_s=200),
            ),
        ),
    )


DETECTOR = LandlineBurstDetector()

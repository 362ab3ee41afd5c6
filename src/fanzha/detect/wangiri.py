"""One-ring calls that want to be called back: very many numbers rung for a moment, hardly one answered (Art. 20)."""

from fanzha.base.words import Words
from fanzha.detect._detector import Example
from fanzha.detect._rule_detector import RuleDetector
from fanzha.detect._rules.made_up import calls

TEXT = """
rule wangiri "响一声即挂（诱导回拨）" "one-ring calls (wangiri)"
  version 1
  law "ATF Art. 20"
  on call_ended
  let rung = count(call_ended by caller, 1h)
  let callees = distinct(callee of call_ended by caller, 1h)
  let unanswered = share(not answered of call_ended by caller, 1h)
  when not answered
   and callees >= 30
   and unanswered >= 90%
   and callees / rung >= 80%
  then find caller_or_trunk as other
    score points(0.6 when callees >= 30, 0.2 when callees >= 60, 0.1 when country(caller) != "CN")
  again after 24h
"""


class Wangiri(RuleDetector):
    """Claims the proven caller, else the trunk by which the calls came."""

    text = TEXT
    tells = Words(
        "一小时内振铃即挂、几乎无人接听、被叫互不相同的大量呼叫，目的在于诱人回拨高价号码。",
        "Very many different numbers rung within an hour, hardly one answered: bait to be called back at a price.",
    )
    examples = (
        Example(
            Words("国际来话一小时内响一声即挂四十个号码", "forty numbers rung for a moment from abroad within an hour"),
            "call_offered",
            calls("+2217000001", 40, every_s=60, ingress="international_gateway", trunk="TG-WANGIRI"),
            finds=({"subject_kind": "trunk", "subject": "TG-WANGIRI", "score": 0.6},),
        ),
        Example(
            Words("快递员一小时给三十八位收件人打电话，多数接听", "a courier calls 38 recipients, who answer"),
            "call_offered",
            calls("+8617000000009", 38, every_s=90, talk_s=25, proven=True),
        ),
    )


DETECTOR = Wangiri()

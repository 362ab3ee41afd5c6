"""Consecutive numbers dialled whether assigned or not, to collect those that answer (ATF Art. 11, 13)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import ABROAD, AT_HOME, Row, call, outgoing_calls

TEXT = """
# Sequential dialling reaches unassigned numbers. A firm that calls its own lines reaches people.
rule sequential_dialling "顺序拨号（扫号）" "Sequential dialling"
  version 1
  law "ATF Art. 11"
  on call_ended
  let calls = count(call_ended by proven_caller, 24h)
  let in_a_row = distinct(callee of call_ended by proven_caller, block(callee, 2), 1h)
  let held_by_nobody = share(release_cause = 1 of call_ended by proven_caller, 24h)
  let answer_share = share(answered of call_ended by proven_caller, 24h)
  let evidence = points(
    0.3 when calls >= 12 and in_a_row >= 4,
    0.2 when in_a_row >= 8,
    0.2 when held_by_nobody >= 15%,
    0.2 when held_by_nobody >= 40%,
    0.1 when answer_share < 40%)
  when calls >= 12 and in_a_row >= 4 and answer_share < 60% and evidence >= 0.65
  then find proven_caller as subscriber_fraud score evidence
  again after 24h
  sentence "一小时内依次拨打同一百号段的 {in_a_row} 个号码，接通率 {answer_share}[，"
         + "{held_by_nobody} 为空号]。"
           "Dialled {in_a_row} numbers of one block of a hundred within an hour; {answer_share} of "
         + "the calls were answered[, and {held_by_nobody} went to numbers that do not exist]."

# From abroad the numbers claimed change, the trunk stays.
rule sequential_dialling_trunk "境外中继顺序拨号" "Sequential dialling from abroad"
  version 1
  law "ATF Art. 13"
  on call_ended
  let calls = count(call_ended by trunk, 24h)
  let in_a_row = distinct(callee of call_ended by trunk, block(callee, 2), 1h)
  let held_by_nobody = share(release_cause = 1 of call_ended by trunk, 24h)
  let answer_share = share(answered of call_ended by trunk, 24h)
  let evidence = points(
    0.3 when in_a_row >= 8,
    0.2 when in_a_row >= 16,
    0.3 when held_by_nobody >= 30%,
    0.2 when answer_share < 40%)
  when ingress = "international_gateway" and proven_caller is not known
   and calls >= 20 and in_a_row >= 8 and evidence >= 0.65
  then find trunk as other score evidence
  again after 24h
  sentence "该中继一小时内依次拨打同一百号段的 {in_a_row} 个号码，接通率 {answer_share}[，"
         + "{held_by_nobody} 为空号]。"
           "Calls on this trunk dialled {in_a_row} numbers of one block of a hundred within an "
         + "hour; {answer_share} were answered[, and {held_by_nobody} went to numbers that do not "
         + "exist]."
"""

#: Fields of a call to an unassigned number.
UNASSIGNED = {"release_cause": 1, "ring_s": 0.2}


def dial_run(
    caller: str, count: int, *, unassigned_every: int, first: int = 17_000_400_010, **options: Any
) -> tuple[Row, ...]:
    """Return calls to consecutive numbers, half a minute apart; every third assigned one answers for 8 s."""
    rows: list[Row] = []
    for index in range(count):
        assigned = {"talk_s": 8} if index % 3 == 0 else {"release_cause": 19}
        fields = UNASSIGNED if unassigned_every and index % unassigned_every == 1 else assigned
        rows += call(caller, f"+86{first + index}", 30 * index, **options | fields)
    return tuple(rows)


class SequentialDiallingDetector(RuleDetector):
    """Names the proven caller, else the trunk of the calls."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别在同一百号段内逐号拨打，且空号多、接通少的号码。由境外来话时，认定中继。",
        "This detector finds callers that dial one number after another within a block of a hundred, when many of "
        "these numbers are unassigned and few calls are answered. For calls from abroad it names the trunk.",
    )
    examples = (
        Example(
            title=Words("逐号拨打十四个号码，三分之一空号", "fourteen numbers in a row, a third held by nobody"),
            table="call_offered",
            rows=dial_run("+8617000000051", 14, unassigned_every=3, **AT_HOME),
            finds=({"subject_kind": "phone_number", "subject": "+8617000000051", "score": 0.7},),
        ),
        Example(
            title=Words("境外中继逐号拨打二十二个号码", "twenty-two numbers in a row by a trunk from abroad"),
            table="call_offered",
            rows=dial_run("+442079460051", 22, unassigned_every=3, **ABROAD),
            finds=({"subject_kind": "trunk", "subject": "IGW-FIC-01", "score": 0.8},),
        ),
        Example(
            title=Words(
                "单位夜间逐一测试自有号码，无人接听", "a firm tries its own lines at night, and nobody answers"
            ),
            table="call_offered",
            rows=outgoing_calls("+8617000000052", 20, every_s=30, step=1, release_cause=19, **AT_HOME),
        ),
        Example(
            title=Words(
                "推销员名单陈旧，多空号，但不连号", "a salesman with an old list: many numbers gone, none in a row"
            ),
            table="call_offered",
            rows=outgoing_calls("+8617000000053", 20, every_s=90, release_cause=1, **AT_HOME),
        ),
    )


DETECTOR = SequentialDiallingDetector()

"""Two phones side by side, one on a long data session, the other calling strangers: a voice bridge (ATF Art. 14)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import AT_HOME, Row, fact, outgoing_calls

TEXT = """
# The voice arrives as mobile data of a phone that itself never calls, in report after report, in the cells of the
# paired phone. Such phones are in many cells, but not in every cell from which a phone calls strangers. That it never
# calls is known by its number, card or device, whichever the records of calls carry; without one nothing is said.
rule paired_phones "手机口（双机对接）" "Paired phones"
  version 2
  law "ATF Art. 14"
  on call_ended
  let calls = count(call_ended by proven_caller, 24h)
  let callees = distinct(callee of call_ended by proven_caller, 24h)
  let taken = count(call_ended by callee = proven_caller, 24h)
  let answer_share = share(answered of call_ended by proven_caller, 24h)
  let beside = share(distinct(device of sim_use by cell
      where service = "data"
        and count(sim_use by sim_card where service = "data", 30 min) >= 2
        and sum(data_kb of sim_use by sim_card where service = "data", 30 min) >= 10000
        and (number is known or count(call_offered by cell where sim_card is known or device is known, 24h) >= 1)
        and (count(call_offered by proven_caller = number, 24h) else 0) = 0
        and count(call_offered by sim_card, 24h) + count(call_offered by device, 24h) = 0, 20 min) >= 1
    of call_offered by proven_caller, 24h)
  let cells_beside = distinct(cell of call_offered by proven_caller
    where distinct(device of sim_use by cell
      where service = "data"
        and count(sim_use by sim_card where service = "data", 30 min) >= 2
        and sum(data_kb of sim_use by sim_card where service = "data", 30 min) >= 10000
        and (number is known or count(call_offered by cell where sim_card is known or device is known, 24h) >= 1)
        and (count(call_offered by proven_caller = number, 24h) else 0) = 0
        and count(call_offered by sim_card, 24h) + count(call_offered by device, 24h) = 0, 20 min) >= 1, 24h)
  let evidence = points(
    0.2 when beside >= 50%,
    0.1 when beside >= 80%,
    0.3 when cells_beside >= 2,
    0.1 when callees >= 85% * calls,
    0.1 when answer_share < 50%,
    0.1 when taken <= 20% * calls,
    0.1 when taken = 0)
  when ingress = "mobile" and callees >= 8 and beside >= 50% and answer_share < 65% and evidence >= 0.65
  then find proven_caller as sim_box score evidence
  again after 24h
  sentence "24 小时内呼叫 {callees} 个号码，{beside} 的呼叫旁有只传数据、从不通话的手机[，涉及 "
         + "{cells_beside} 个小区]。"
           "Called {callees|number|numbers} in 24 hours; beside it at {beside} of its calls was a "
         + "phone that sent data and never calls[, in {cells_beside|cell|cells}]."
"""

CELLS = ("460-00-2100-00011", "460-00-2100-00012")
CARD = "460990000000071"
DEVICE = "860020000000071"


def bridged_calls(caller: str, count: int, **options: Any) -> tuple[Row, ...]:
    """Return calls to strangers every five minutes, one in three answered, the second half of them in another cell."""
    half = count // 2
    common = {**AT_HOME, "every_s": 300, "talk_s": 60, "answered_every": 3, **options}
    second_half = {"start_s": half * 300, "first_callee": 17_000_500_000, "cell": CELLS[1]}
    return (
        *outgoing_calls(caller, half, **common | {"cell": CELLS[0]}),
        *outgoing_calls(caller, count - half, **common | second_half),
    )


def data_usage(
    minutes: int,
    *,
    moves_after: float,
    kilobytes: float = 9_000,
    card: str = CARD,
    number: str | None = "+8617000000070",
) -> tuple[Row, ...]:
    """Return a phone's data usage every ten minutes, from ten minutes before the start, with its cell."""
    fields: dict[str, object] = {"sim_card": card, "device": DEVICE, "service": "data", "data_kb": kilobytes}
    if number is not None:
        fields["number"] = number
    return tuple(
        fact("sim_use", 60 * minute, cell=CELLS[minute >= moves_after], **fields) for minute in range(-10, minutes, 10)
    )


class PairedPhonesDetector(RuleDetector):
    """Names the proven caller; the phone on the data session is evidence."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别与另一部手机对接使用的号码：本机几乎只呼出、被叫都是陌生人、接通少。无论移到哪个小区，旁边总有一部只"
        "上网、不打电话的手机持续传输数据。",
        "This detector finds phones that call strangers, few of whom answer, and hardly receive any calls. Whatever "
        "cell such a phone moves to, a second phone that never calls keeps sending data beside it.",
    )
    examples = (
        Example(
            title=Words(
                "两部手机同车移动：一部持续传数据，一部拨打陌生人",
                "two phones in a car: one on data, one calls strangers",
            ),
            table="call_offered",
            rows=(*bridged_calls("+8617000000071", 8), *data_usage(40, moves_after=20)),
            finds=({"subject_kind": "phone_number", "subject": "+8617000000071", "score": 0.9},),
        ),
        Example(
            title=Words(
                "推销员路过的小区有人上网，但不随他移动", "a salesman passes a phone on data, which stays where it is"
            ),
            table="call_offered",
            rows=(*bridged_calls("+8617000000072", 8), *data_usage(40, moves_after=99)),
        ),
        Example(
            title=Words(
                "上网的同事也打电话，话单只有终端串号",
                "the colleague calls as well, in records that name the IMEI only",
            ),
            table="call_offered",
            rows=(
                *bridged_calls("+8617000000075", 8, device="860020000000075"),
                *data_usage(40, moves_after=20, number=None),
                *outgoing_calls("+8617000000076", 1, every_s=0, start_s=-700, **AT_HOME, device=DEVICE),
            ),
        ),
        Example(
            title=Words("同车同事上网也打电话", "a colleague in the car is on data, and calls as well"),
            table="call_offered",
            rows=(
                *bridged_calls("+8617000000073", 8),
                *data_usage(40, moves_after=20),
                *outgoing_calls("+8617000000074", 1, every_s=0, start_s=-700, **AT_HOME, sim_card=CARD),
            ),
        ),
    )


DETECTOR = PairedPhonesDetector()

"""SIM boxes: many cards in few devices, which turn calls from abroad into local ones (ATF Art. 14)."""

from typing import Any

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import AT_HOME, Row, call, outgoing_calls, probe_call

TEXT = """
# No sign is enough alone: a phone has two cards, a courier calls strangers, a card moves to a new phone. A number
# stands for its card. Cheap phones that share one IMEI are each in a cell of their own; cards of a box are together.
# Modems of lifts and alarms in one building may share an IMEI, too, and never take a call, but report to few numbers.
# Where records name no device, couriers at their depot look like a box, but for how briefly they talk, and by day.
rule sim_box "GOIP/SIM 盒（多卡设备）" "SIM box (GOIP)"
  version 3
  law "ATF Art. 14"
  on call_ended
  let calls = count(call_ended by proven_caller, 24h)
  let callees = distinct(callee of call_ended by proven_caller, 24h)
  let taken = count(call_ended by callee = proven_caller, 24h)
  let numbers = distinct(proven_caller of call_offered by device, 24h)
  let device_cells = distinct(cell of call_offered by device, 24h)
  let together = prefix(device, 8) != "00000000" and numbers <= 512
    and (device_cells <= 2 or device_cells <= 1.5 * distinct(cell of call_offered by proven_caller, 24h))
  let like_it = distinct(proven_caller of call_offered by cell
    where distinct(callee of call_offered by proven_caller, 24h) >= 5
      and count(call_offered by callee = proven_caller, 24h) <= 10% * count(call_offered by proven_caller, 24h), 24h)
  let evidence = points(
    0.3 when numbers >= 3 and together,
    0.1 when numbers >= 5 and together,
    0.1 when numbers >= 8 and together,
    0.1 when distinct(device of call_offered by sim_card else proven_caller, 24h) >= 2,
    0.1 when like_it >= 3,
    0.1 when like_it >= 6,
    0.2 when device is not known and like_it >= 8 and share(answered of call_ended by proven_caller, 24h) < 50%,
    0.1 when taken <= 10% * calls,
    0.1 when taken = 0,
    0.1 when callees >= 85% * calls)
  let by_day = count(call_ended by proven_caller where hour(occurred_at) < 7 or hour(occurred_at) >= 21, 24h) = 0
  let brief = max(talk_ms of call_ended by proven_caller where answered, 24h) < 150 s
  let on_a_round = by_day and brief and share(answered of call_ended by proven_caller, 24h) >= 35%
  when ingress = "mobile" and calls >= 8 and callees >= 5 and evidence >= 0.65
  except device is not known and on_a_round
  then find proven_caller as sim_box score evidence
  again after 24h
  sentence "24 小时内呼叫 {callees} 个号码、接到来电 {taken} 次[；所在终端用过 {numbers} 个号码][；"
         + "同小区有 {like_it} 个类似号码]。"
           "Called {callees|number|numbers} in 24 hours and received {taken|call|calls}[; numbers "
         + "used in its device: {numbers}][; numbers like it in its cell: {like_it}]."

# Records that name the device and prove no number: the device is meant.
rule sim_box_device "多号码终端" "Device with many numbers"
  version 1
  law "ATF Art. 14"
  on call_ended
  let calls = count(call_offered by device, 24h)
  let numbers = distinct(caller of call_offered by device, 24h)
  let callees = distinct(callee of call_offered by device, 24h)
  let evidence = points(
    0.4 when numbers >= 4,
    0.1 when numbers >= 6,
    0.1 when numbers >= 8,
    0.2 when callees >= 85% * calls,
    0.2 when calls >= 8 * numbers)
  when ingress = "mobile" and proven_caller is not known and prefix(device, 8) != "00000000" and numbers >= 4
   and numbers <= 512 and distinct(cell of call_offered by device, 24h) <= 2 and calls >= 4 * numbers
   and callees >= 2 * numbers
   and evidence >= 0.65
  then find device as sim_box score evidence
  again after 24h
  sentence "该终端 24 小时内以 {numbers} 个号码呼叫 {callees} 人、共 {calls} 次。"
           "Called {callees|person|people} in 24 hours from {numbers} numbers, {calls} calls in "
         + "all."

# Our own test call, sent from abroad, arrived from a phone of our own network.
rule sim_box_probed "国际测试呼叫由本地手机到达" "Test call from abroad that came from a local phone"
  version 1
  law "ATF Art. 14"
  on call_ended
  let probes = count(test_call by received_caller = proven_caller
    where arrived and received_ingress = "mobile" and received_caller != sent_caller, 24h)
  when ingress = "mobile" and probes >= 1
  then find proven_caller as sim_box score points(0.9 when probes >= 1, 0.1 when probes >= 2)
  again after 24h
  sentence "24 小时内有 {probes} 次从境外发出的测试呼叫由此号码到达。"
           "{probes|test call|test calls} sent from abroad arrived from this number in 24 hours."
"""


def sim_box_calls(cards: int, *, devices: int, calls_per_card: int = 8, **fields: Any) -> tuple[Row, ...]:
    """Return the calls of a box: each card is in one of the devices and places `calls_per_card` calls to strangers.

    A field that is None is left out, e.g. `sim_card=None` for records that name the device only.
    """
    rows: list[Row] = []
    for index in range(cards):
        identity = {"sim_card": f"46099000000{index:04d}", "device": f"8600200{index % devices}0000011"}
        options = AT_HOME | identity | {"first_callee": 17_000_100_000 + 49_000 * index, "start_s": 40 * index} | fields
        options = {name: value for name, value in options.items() if value is not None}
        rows += outgoing_calls(f"+8617000000{index:03d}", calls_per_card, every_s=600, talk_s=90, **options)
    return tuple(rows)


class SimBoxDetector(RuleDetector):
    """Names the proven caller, whose card the network observed in the box; the device if no number is proven."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "综合多项迹象识别多卡设备：一台设备使用多个号码、一张卡换用多台设备、同一小区另有几乎只呼出的号码、被叫都"
        "是陌生人。国际测试呼叫由某号码到达的，也予认定。话单仅有终端串号、号码未经证实的，认定该终端。",
        "This detector finds SIM boxes by several signs together: several numbers in one device, one card in several "
        "devices, other numbers in the cell that hardly receive any calls, and calls to strangers. It also finds "
        "numbers from which a test call sent from abroad arrived. Where records give the device but prove no number, "
        "it names the device.",
    )
    examples = (
        Example(
            title=Words("一台设备三张卡，各拨打八个陌生人，无来电", "three cards in a device, 8 strangers each"),
            table="call_offered",
            rows=sim_box_calls(3, devices=1),
            finds=tuple({"subject_kind": "phone_number", "subject": f"+8617000000{n:03d}"} for n in range(3)),
        ),
        Example(
            title=Words(
                "话单只有终端串号，一台设备五个已证实号码", "records that name the IMEI only: five numbers in a device"
            ),
            table="call_offered",
            rows=sim_box_calls(5, devices=1, sim_card=None),
            finds=tuple({"subject": f"+8617000000{n:03d}", "fraud_type": "sim_box", "score": 0.7} for n in range(5)),
        ),
        Example(
            title=Words(
                "号码未经证实，一台设备四个号码各拨打八个陌生人",
                "four numbers in a device, none of them proven, eight strangers each",
            ),
            table="call_offered",
            rows=sim_box_calls(4, devices=1, sim_card=None, proven=False),
            finds=({"subject_kind": "device", "subject": "860020000000011", "score": 0.7},),
        ),
        Example(
            title=Words("国际测试呼叫由本地手机号到达", "a test call from abroad that comes out of a local phone"),
            table="call_offered",
            rows=(
                probe_call("+8617000000061"),
                *call("+8617000000061", "+8617000990000", 1, talk_s=10, **AT_HOME),
            ),
            finds=({"subject_kind": "phone_number", "subject": "+8617000000061", "score": 0.9},),
        ),
        Example(
            title=Words("双卡手机的推销员，两卡都拨打陌生人", "a salesman's phone with two cards, strangers called"),
            table="call_offered",
            rows=sim_box_calls(2, devices=1),
        ),
        Example(
            title=Words(
                "串号相同的廉价手机，各在各的小区", "cheap phones that share one IMEI, each in a cell of its own"
            ),
            table="call_offered",
            rows=tuple(
                row
                for n in range(6)
                for row in outgoing_calls(
                    f"+8617000000{n + 80:03d}",
                    9,
                    every_s=700,
                    talk_s=20,
                    first_callee=17_000_600_000 + 49_000 * n,
                    **AT_HOME | {"device": "86002000000091", "cell": f"460-00-2100-{n + 20:05d}"},
                )
            ),
        ),
        Example(
            title=Words("测试呼叫原样经国际关口局到达", "a test call that arrives as it was sent, through the gateway"),
            table="call_offered",
            rows=(
                probe_call("+442079460061", received_ingress="international_gateway"),
                *call("+8617000000062", "+8617000990000", 1, talk_s=10, **AT_HOME),
            ),
        ),
    )


DETECTOR = SimBoxDetector()

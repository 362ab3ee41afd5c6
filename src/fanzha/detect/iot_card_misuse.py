"""IoT and data cards used like a person's: they call, text, change devices, or travel and use data (ATF Art. 12)."""

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import AT_HOME, Row, fact, outgoing_calls

TEXT = """
# A lift calls its service, a watch the family: a few numbers. Strangers are called and texted by people.
rule iot_card_misuse "物联网卡拨打电话" "IoT card that calls people"
  version 2
  law "ATF Art. 12"
  on call_offered
  let people = distinct(callee of call_offered by proven_caller where class(callee) in ("mobile", "mvno", "fixed"), 24h)
  let texted = distinct(recipient of message by sender = proven_caller where channel = "sms", 24h)
  let evidence = points(
    0.3 when people >= 1,
    0.2 when people >= 2,
    0.1 when people >= 4,
    0.2 when people >= 6,
    0.2 when texted >= 2,
    0.2 when texted >= 4,
    0.3 when distinct(device of call_offered by proven_caller, 24h) >= 2
      or distinct(device of sim_use by number = proven_caller, 24h) >= 2
      or distinct(device of sim_use by sim_card, 24h) >= 2,
    0.1 when distinct(cell of sim_use by number = proven_caller, 24h) >= 3
      or distinct(cell of sim_use by sim_card, 24h) >= 3)
  when class(proven_caller) in ("iot", "data_card") and evidence > 0.55
  then find proven_caller as iot_card_misuse score evidence
  again after 24h
  sentence "该物联网卡或上网卡 24 小时内被当作电话卡使用[，呼叫 {people} 人][，向 {texted} 人发短信"
         + "]。"
           "This IoT or data-only card was used like a phone's in 24 hours[; it called "
         + "{people|person|people}][; it texted {texted|person|people}]."

# Seen by the network: in another device, or with a person's traffic, texts and travels. A lorry's tracker only travels.
rule iot_card_moved "物联网卡换机或疑似由人使用" "IoT card in another device, or used like a person's"
  version 1
  law "ATF Art. 12"
  on sim_use
  let devices = distinct(device of sim_use by sim_card, 24h)
  let cells = distinct(cell of sim_use by sim_card, 24h)
  let texted = distinct(recipient of message by sender = number where channel = "sms", 24h)
  let evidence = points(
    0.6 when devices >= 2,
    0.1 when devices >= 3,
    0.1 when cells >= 3,
    0.1 when cells >= 6,
    0.2 when sum(data_kb of sim_use by sim_card, 24h) >= 100000,
    0.2 when texted >= 2,
    0.2 when texted >= 4,
    0.2 when distinct(callee of call_offered by proven_caller = number, 24h) >= 2)
  when class(number) in ("iot", "data_card") and evidence > 0.55
  then find sim_card as iot_card_misuse score evidence
  again after 24h
  sentence "该物联网卡或上网卡 24 小时内用于 {devices} 台终端、{cells} 个小区[，向 {texted} 人发短"
         + "信]。"
           "This IoT or data-only card was in {devices|device|devices} and {cells|cell|cells} in "
         + "24 hours[, and texted {texted|person|people}]."
"""

HOUR_S = 3600
LOAN = "贷款秒批，加微信 dk0000 咨询"


def sim_use(
    number: str, at_s: float, *, device: int = 1, cell: int = 1, data_kb: float = 40, service: str = "data"
) -> Row:
    """Return the event of a card used in a device at a cell."""
    return fact(
        "sim_use",
        at_s,
        number=number,
        sim_card=f"46099{number[-10:]}",
        device=f"8600300000000{device:02d}",
        cell=f"460-00-2100-{cell:05d}",
        service=service,
        data_kb=data_kb,
    )


class IotCardMisuseDetector(RuleDetector):
    """Names the calling number, or the card that was moved."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别拨打电话或发送短信联系多人、换用其他终端，或流量、位置变化与人的使用相似的物联网卡和数据卡。仅联系少"
        "数号码的电梯、手表以及仅有位置移动的车载终端，不在认定之列。",
        "This detector finds IoT and data cards that call or text several people, are moved to another device, or "
        "travel and use data as a person does. It leaves out lifts and watches that call only a few numbers, and "
        "trackers that only travel.",
    )
    examples = (
        Example(
            title=Words("电表卡一天拨打四个陌生人", "a meter's card calls four people in a day"),
            table="call_offered",
            rows=outgoing_calls("+861440000000021", 4, every_s=HOUR_S, talk_s=40, **AT_HOME),
            finds=({"subject_kind": "phone_number", "subject": "+861440000000021", "score": 0.6},),
        ),
        Example(
            title=Words("卡从电表换到手机", "a card goes from a meter into a phone"),
            table="sim_use",
            rows=(sim_use("+861440000000022", 0), sim_use("+861440000000022", HOUR_S, device=2, service="attach")),
            finds=({"subject_kind": "sim_card", "subject": "460990000000022", "score": 0.6},),
        ),
        Example(
            title=Words(
                "话单只有终端串号：换一部终端后拨打第二人",
                "records that name the IMEI only: another device, a second person",
            ),
            table="call_offered",
            rows=(
                *outgoing_calls("+861440000000026", 1, every_s=0, **AT_HOME, device="860030000000001"),
                *outgoing_calls(
                    "+861440000000026",
                    1,
                    every_s=0,
                    start_s=HOUR_S,
                    first_callee=17_000_200_000,
                    **AT_HOME,
                    device="860030000000002",
                ),
            ),
            finds=({"subject_kind": "phone_number", "subject": "+861440000000026", "score": 0.8},),
        ),
        Example(
            title=Words("电梯卡有事时呼叫维保和值班手机", "a lift calls its service and the one on duty"),
            table="call_offered",
            rows=outgoing_calls("+861440000000023", 2, every_s=HOUR_S, talk_s=60, **AT_HOME),
        ),
        Example(
            title=Words("电表整天上报少量数据", "a meter reports a little data all day"),
            table="sim_use",
            rows=tuple(sim_use("+861440000000024", n * 4 * HOUR_S) for n in range(6)),
        ),
        Example(
            title=Words("货车行驶记录仪跨多个小区上传视频", "a lorry's camera sends films from many cells"),
            table="sim_use",
            rows=tuple(sim_use("+861440000000025", n * HOUR_S, cell=n, data_kb=200_000) for n in range(8)),
        ),
    )


DETECTOR = IotCardMisuseDetector()

"""Calls from abroad soon after a text with a link to a new host, to the same person (ATF Art. 13, 34)."""

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import ABROAD, Row, call, outgoing_calls, site_seen, text_messages

TEXT = """
# Once may be chance; the trunk whose calls keep following such texts is part of it.
rule cross_channel "短信链接后境外来电" "Calls from abroad after texts with new links"
  version 1
  law "ATF Art. 13"
  on call_offered
  let texts = count(message by recipient = callee
    where min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 180 days, 2h)
  let callees = distinct(callee of call_offered by trunk, 24h)
  let followed = distinct(callee of call_offered by trunk
    where count(message by recipient = callee
      where min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 180 days, 2h) >= 1, 24h)
  let evidence = points(
    0.3 when followed >= 3,
    0.2 when followed >= 5,
    0.1 when followed >= 8,
    0.2 when followed >= 40% * callees,
    0.2 when followed >= 70% * callees)
  when ingress = "international_gateway" and proven_caller is not known and texts >= 1 and evidence > 0.65
  then find caller_or_trunk as phishing score evidence
  again after 24h
  sentence "该中继 24 小时内呼叫的 {callees} 人中，{followed} 人在来电前两小时内收到过新域名链接。"
           "Of {callees|person|people} called over this trunk in 24 hours, {followed} had been "
         + "texted a link to a new website in the two hours before."

# The person to be warned, during the call. Relatives abroad call people that they have called before.
rule cross_channel_victim "收到可疑链接后与境外来电通话的用户" "Person on a call from abroad after a new link"
  version 1
  law "ATF Art. 34"
  on call still talking 3 min
  let texts = count(message by recipient = callee
    where min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 180 days, 2h)
  let just_now = count(message by recipient = callee
    where min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 180 days, 40 min)
  let from_a_person = count(message by recipient = callee where channel = "sms"
    and min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 180 days, 2h)
  let callees = distinct(callee of call_offered by trunk, 24h)
  let followed = distinct(callee of call_offered by trunk
    where count(message by recipient = callee
      where min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 180 days, 2h) >= 1, 24h)
  let known_to_each_other = count(call_offered by callee, caller, 24h) - 1
    + count(call_offered by proven_caller = callee, callee = caller, 24h)
  let evidence = points(
    0.3 when just_now >= 1,
    0.3 when from_a_person >= 1,
    0.2 when known_to_each_other = 0,
    0.2 when followed >= 2 and followed >= 40% * callees,
    0.1 when followed >= 4 and followed >= 40% * callees)
  when ingress = "international_gateway" and proven_caller is not known and texts >= 1 and evidence > 0.65
  then find callee as victim_at_risk score evidence
  again after 24h
  sentence "正与境外来电 {caller} 通话，此前两小时内收到 {texts} 条含新域名链接的短信。"
           "Is on the phone with {caller}, calling from abroad, and received {texts|text|texts} "
         + "with a link to a new website in the two hours before."

# One such call says little, and on a trunk of many calls some follow a text by chance. A trunk that brings them again
# and again is named, and so is who is on the line by then.
rule lured_call "收到个人短信链接后接到陌生境外来电（仅记录）" "Call from abroad after a person's text (noted only)"
  version 1
  law "ATF Art. 13"
  on call still talking 3 min
  let from_a_person = count(message by recipient = callee where channel = "sms"
    and min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 180 days, 2h)
  let after_a_text = count(call_answered by trunk
    where count(message by recipient = callee where channel = "sms"
      and min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 180 days, 2h) >= 1, 24h)
  let known_to_each_other = count(call_offered by callee, caller, 24h) - 1
    + count(call_offered by proven_caller = callee, callee = caller, 24h)
  when ingress = "international_gateway" and proven_caller is not known and from_a_person >= 1
   and known_to_each_other = 0 and after_a_text >= 3% * count(call_answered by trunk, 24h)
  then note trunk as phishing score 0.3
  again after 1 s
  sentence "收到个人号码发来的新域名链接后两小时内，接听了陌生的境外来电。"
           "Took a call from an unknown number abroad within two hours of a person's text with a "
         + "link to a new website."

rule lured_by_trunk "与多次接入此类来电的中继通话的用户" "Person on a call over a trunk that brings such calls"
  version 1
  law "ATF Art. 34"
  on finding
  let lured = count(finding by trunk where rule_name = "lured_call", 10 days)
  when rule_name = "lured_call" and lured >= 3
  then find callee as victim_at_risk score points(0.7 when lured >= 3, 0.1 when lured >= 6)
  again after 24h
  sentence "正与该中继的境外来电通话；近 10 日该中继有 {lured} 次来电紧随链接短信之后。"
           "Is on the phone with a caller from abroad, over a trunk that brought "
         + "{lured|call|calls} in ten days right after a text with a link."

rule trunk_of_lured_calls "连日接入此类来电的中继" "Trunk that brings such calls for days"
  version 1
  law "ATF Art. 13"
  on finding
  let lured = count(finding by trunk where rule_name = "lured_call", 10 days)
  when rule_name = "lured_call" and lured >= 5
  then find trunk as phishing score points(0.7 when lured >= 5, 0.1 when lured >= 10)
  again after 24h
  sentence "近 10 日有 {lured} 次境外来电紧随个人号码发出的链接短信之后。"
           "Brought {lured|call|calls} from abroad in ten days to people who had just been texted "
         + "a link by a private number."
"""

MINUTE_S, HOUR_S = 60, 3_600
LURE = "您的账户涉嫌违规，请登录 http://heshi.example 核实，稍后有专员来电"
FIRST_RECIPIENT = 17_000_300_000
FRESH, OLD = site_seen("heshi.example", days_old=2), site_seen("heshi.example", days_old=2_000)


def lure_events(
    number: int, at_s: float, *, minutes: float = 15, talk_s: float = 60, channel: str = "port_sms"
) -> tuple[Row, ...]:
    """Return the events of a text with a link and of the call from abroad that follows, to the same person."""
    recipient = FIRST_RECIPIENT + number
    return (
        *text_messages("1069000000091", 1, text=LURE, start_s=at_s, first_recipient=recipient, channel=channel),
        *call(f"+120255501{number:02d}", f"+86{recipient}", at_s + minutes * MINUTE_S, talk_s=talk_s, **ABROAD),
    )


class CrossChannelDetector(RuleDetector):
    """Names the trunk of the calls, and the people on such a call now, who are to be warned."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别在多人收到新注册域名链接短信后不久，均向其送来境外来电的同一中继。认定对象为该中继。对仍在通话的用户"
        "仅作提示，不作指控。",
        "This detector finds trunks that bring calls from abroad to several people soon after each of them was "
        "texted a link to a recently registered website. It names the trunk. It also names people who are still on "
        "such a call so that they can be warned, and does not accuse them.",
    )
    examples = (
        Example(
            title=Words(
                "三人收到新域名链接后都接到同一境外中继来电", "three get a fresh link, then calls by one trunk abroad"
            ),
            table="message",
            rows=(FRESH, *lure_events(1, 60), *lure_events(2, HOUR_S), *lure_events(3, 2 * HOUR_S)),
            finds=({"subject_kind": "trunk", "subject": "IGW-FIC-01", "fraud_type": "phishing", "score": 0.7},),
        ),
        Example(
            title=Words(
                "收到陌生人的链接后与境外来电通话三分钟",
                "a link from a stranger, then three minutes with a caller abroad",
            ),
            table="message",
            rows=(FRESH, *lure_events(4, 60, talk_s=5 * MINUTE_S, channel="sms")),
            finds=({"subject": f"+86{FIRST_RECIPIENT + 4}", "fraud_type": "victim_at_risk", "score": 0.8},),
        ),
        Example(
            title=Words(
                "收到多年域名的账单链接后境外亲友来电", "a bill with a link of years, then relatives abroad call"
            ),
            table="message",
            rows=(OLD, *lure_events(5, 60), *lure_events(6, HOUR_S), *lure_events(7, 2 * HOUR_S, talk_s=20 * MINUTE_S)),
        ),
        Example(
            title=Words(
                "繁忙中继十位被叫中三人刚收到新商家链接", "of a busy trunk's ten callees, three got a new shop's link"
            ),
            table="message",
            rows=(
                FRESH,
                *outgoing_calls("+12025550190", 7, every_s=120, talk_s=400, **ABROAD),
                *lure_events(8, HOUR_S),
                *lure_events(9, 2 * HOUR_S),
                *lure_events(10, 3 * HOUR_S),
            ),
        ),
    )


DETECTOR = CrossChannelDetector()

"""Test calls placed abroad that arrive on another route or from another number than expected (ATF Art. 13, 14)."""

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import probe_call

TEXT = """
# Calls from abroad come in through the international gateway, ours or that of another network. One that comes in on the
# line of a customer went round it.
rule test_call_probe "测试呼叫未经国际关口局到达" "Test calls that bypassed the international gateway"
  version 1
  law "ATF Art. 14"
  on test_call
  let so_far = count(test_call by received_trunk where arrived and received_ingress in ("leased_line", "voip"), 24h)
  when arrived and country(sent_caller) != "CN" and received_ingress in ("leased_line", "voip")
  then find received_trunk as sim_box score points(
    0.7 when so_far >= 1,
    0.1 when so_far >= 2,
    0.2 when country(received_caller) = "CN")
  again after 24h
  sentence "24 小时内有 {so_far} 次境外测试呼叫绕过国际关口局，由此线路到达。"
           "{so_far|test call|test calls} from abroad bypassed the international gateway and "
         + "arrived on this line in 24 hours."

# A number changed on the way: once may be a fault of the far network, most of a trunk's test calls are not.
rule test_call_number_changed "测试呼叫主叫号码被改写" "Test calls with a changed caller number"
  version 1
  law "ATF Art. 13"
  on test_call
  let arrivals = count(test_call by received_trunk where arrived, 24h)
  let changed = count(test_call by received_trunk
    where arrived and country(received_caller) != country(sent_caller), 24h)
  when arrived and changed >= 2 and changed >= 50% * arrivals
  then find received_trunk as caller_id_spoofing score points(0.7 when changed >= 2, 0.2 when changed >= 4)
  again after 24h
  sentence "24 小时内到达的 {arrivals} 次测试呼叫中，{changed} 次的主叫被改成其他国家的号码。"
           "Of {arrivals|test call|test calls} that arrived in 24 hours, {changed} showed a number "
         + "of another country than the one sent."

# A call from abroad that comes out of a phone of our own network went through a box with our cards; the network proves
# the number of its own phones. A second probe leaves no doubt that the first was recorded rightly.
rule test_call_from_a_phone "国际测试呼叫由本网手机到达" "Test call from abroad that came from a phone of this network"
  version 1
  law "ATF Art. 14"
  on test_call
  let so_far = count(test_call by received_caller where arrived and received_ingress = "mobile", 24h)
  when arrived and received_ingress = "mobile" and country(sent_caller) != "CN" and country(received_caller) = "CN"
  then find received_caller as sim_box score points(0.7 when so_far >= 1, 0.2 when so_far >= 2)
  again after 24h
  sentence "24 小时内有 {so_far} 次从境外发出的测试呼叫由这个本网手机号到达。"
           "{so_far|test call|test calls} sent from abroad arrived from this mobile number of the "
         + "home network in 24 hours."
"""

HOME, FOREIGN = "+8617000000071", "+442079460061"


class ProbeCallDetector(RuleDetector):
    """Finds the trunk on which a test call arrived, or the number of the phone that delivered it."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别由境外发起、未经国际关口局，而由客户专线、网络电话线路或本网手机到达的测试呼叫。同时识别到达的测试呼"
        "叫多数主叫号码被改写的中继。",
        "This detector finds test calls sent from abroad that did not come through the international gateway but "
        "arrived on a customer's leased or VoIP line, or from a phone of the operator's own network. It also finds "
        "trunks on which most test calls arrive with a changed caller number.",
    )
    examples = (
        Example(
            title=Words(
                "测试呼叫由语音专线到达，主叫变为境内手机",
                "a test call that comes in on a leased line as a home mobile",
            ),
            table="test_call",
            rows=(probe_call(HOME, received_ingress="leased_line", received_trunk="LINE-FIC-01"),),
            finds=({"subject_kind": "trunk", "subject": "LINE-FIC-01", "fraud_type": "sim_box", "score": 0.9},),
        ),
        Example(
            title=Words(
                "国际测试呼叫由本网手机到达", "a test call from abroad that comes out of a phone of our own network"
            ),
            table="test_call",
            rows=(probe_call(HOME),),
            finds=({"subject_kind": "phone_number", "subject": HOME, "fraud_type": "sim_box", "score": 0.7},),
        ),
        Example(
            title=Words(
                "国际关口局到达的两次测试呼叫主叫均被改写", "two test calls through the gateway, both numbers changed"
            ),
            table="test_call",
            rows=tuple(
                probe_call(HOME, 60 * n, received_ingress="international_gateway", received_trunk="IGW-FIC-01")
                for n in range(2)
            ),
            finds=({"subject_kind": "trunk", "subject": "IGW-FIC-01", "fraud_type": "caller_id_spoofing"},),
        ),
        Example(
            title=Words(
                "测试呼叫原样经国际关口局到达", "test calls that arrive as they were sent, through the gateway"
            ),
            table="test_call",
            rows=tuple(
                probe_call(FOREIGN, 60 * n, received_ingress="international_gateway", received_trunk="IGW-FIC-01")
                for n in range(4)
            ),
        ),
        Example(
            title=Words(
                "经其他运营商的国际关口局转来，号码未变", "by the gateway of another network, the number unchanged"
            ),
            table="test_call",
            rows=tuple(
                probe_call(FOREIGN, 60 * n, received_ingress="interconnect", received_trunk="TG-FIC-01")
                for n in range(4)
            ),
        ),
        Example(
            title=Words("测试呼叫未能到达", "test calls that do not arrive"),
            table="test_call",
            rows=tuple(probe_call(HOME, 60 * n, arrived=False, received_trunk="LINE-FIC-01") for n in range(4)),
        ),
    )


DETECTOR = ProbeCallDetector()

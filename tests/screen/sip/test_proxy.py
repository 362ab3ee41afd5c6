"""A stateless proxy forwards what is not refused, the same way each time, and only where it may (RFC 3261 §16.11)."""

import re
import time
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.sip.calls import ALLOW, CALLEE, CALLER, PROXY, FakeDecider, request

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.overload import OverloadControl
from fanzha.screen.sip.listener import FixedTrunk, Listener, TrunkHeader
from fanzha.screen.sip.next_hops import Hop, NextHops
from fanzha.screen.sip.proxy import ProxyOptions, ProxyServer
from fanzha.screen.sip.retransmissions import DecisionCache

NEXT = Hop("192.0.2.50", 5060)
REFUSE = Decision(Treatment.REFUSE, ("watched_number",), 0.9, Treatment.REFUSE)
LABEL = Decision(Treatment.LABEL, ("from_abroad",), 0.5, Treatment.LABEL, "US")
WITHHOLD = Decision(Treatment.WITHHOLD, ("roaming_unproven",), 0.5, Treatment.WITHHOLD)
ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
INVITE = request()
SCSCF = "Route: <sip:192.0.2.9;lr>, <sip:198.51.100.7:6060;lr;odi=77>"


class ProxyFixture:
    """A proxy with its own memory, and what it sent."""

    def __init__(self, decision: Decision = ALLOW, listener: Listener | None = None, **options: Any) -> None:
        self.desk, self.sent = FakeDecider(decision), list[tuple[Hop, bytes]]()
        hops = NextHops(
            "192.0.2.9",
            5060,
            next_hop=options.pop("next_hop", NEXT),
            networks=(ip_network("198.51.100.0/24"),),
            own_names=frozenset(["tas.example"]),
        )
        proxy = ProxyOptions(
            hops, b"k" * 32, options.pop("record_route", False), options.pop("is_proven", lambda _trunk: False)
        )
        self.server = ProxyServer(
            listener or Listener("tas", "192.0.2.9"),
            self.desk.decide,
            DecisionCache(),
            OverloadControl(),
            proxy,
            label=lambda decision: '"来电提示"' if decision.treatment is Treatment.LABEL else "",
            **options,
        )
        self.server.send_late = lambda host, text, port: self.sent.append((Hop(host, port), text))

    def answer(self, message: bytes, host: str = PROXY) -> bytes:
        return self.server.answer(message, 0, host, 5060)[0]

    def forwarded(self, message: bytes, host: str = PROXY) -> list[str]:
        """Return the lines of the one message that a message becomes."""
        self.sent.clear()
        assert self.answer(message, host) == b""
        ((_, text),) = self.sent
        return text.decode().split("\r\n")


def of_method(method: str, *changed: str, line: str = "") -> bytes:
    return request(f"CSeq: 314159 {method}", *changed, line=line or f"{method} sip:{CALLEE}@192.0.2.9 SIP/2.0")


def response(lines: list[str], code: int = 180, *added: str) -> bytes:
    """Return the response of the next hop to a forwarded request."""
    repeated = [line for line in lines if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq")]
    to = next(line for line in lines if line.startswith("To:"))
    tag = "" if ";tag=" in to else ";tag=callee"
    return "\r\n".join([f"SIP/2.0 {code} X", *repeated, to + tag, *added, "Content-Length: 0", "", ""]).encode()


def of_name(lines: list[str], name: str) -> list[str]:
    return [line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name.lower()}:")]


def test_a_call_is_forwarded_to_the_next_hop_with_our_via_and_one_hop_less() -> None:
    proxy = ProxyFixture()
    lines = proxy.forwarded(INVITE)
    assert proxy.sent[0][0] == NEXT
    assert lines[0] == f"INVITE sip:{CALLEE}@192.0.2.9 SIP/2.0"
    assert re.fullmatch(r"SIP/2\.0/UDP 192\.0\.2\.9:5060;branch=z9hG4bKfz[0-9a-f]{32}", of_name(lines, "Via")[0])
    assert of_name(lines, "Via")[1] == "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds"
    assert of_name(lines, "Max-Forwards") == ["69"]
    assert of_name(lines, "X-Fanzha-Treatment") == ["allow"]
    assert not of_name(lines, "Record-Route")
    assert proxy.server.counts.forwarded == 1


def test_the_body_and_every_other_line_stay_as_they_are() -> None:
    body = "v=0\r\no=- 1 1 IN IP4 192.0.2.77\r\n"
    text = "\r\n".join(ProxyFixture().forwarded(request("Supported: timer,\r\n replaces", "x: 1800", body=body)))
    assert "\r\nSupported: timer, replaces\r\nx: 1800\r\n" in text  # unfolded, since parsers differ on folds
    assert text.endswith(f"Content-Length: {len(body)}\r\n\r\n{body}")


def test_a_retransmission_takes_the_same_way_byte_for_byte_and_is_decided_once() -> None:
    proxy = ProxyFixture(LABEL)
    assert proxy.forwarded(INVITE) == proxy.forwarded(INVITE)
    assert len(proxy.desk.attempts) == 1


def test_another_screen_with_the_same_key_forwards_alike() -> None:
    assert ProxyFixture().forwarded(INVITE) == ProxyFixture().forwarded(INVITE)


@pytest.mark.parametrize("method", ["CANCEL", "ACK"])
def test_cancel_and_ack_for_a_failure_take_the_way_of_their_invite(method: str) -> None:
    proxy = ProxyFixture()
    invite = proxy.forwarded(request(SCSCF))
    tag = ";tag=callee" if method == "ACK" else ""
    follower = proxy.forwarded(of_method(method, SCSCF, f"To: <sip:{CALLEE}@192.0.2.1>{tag}"))
    assert of_name(follower, "Via")[0] == of_name(invite, "Via")[0]
    assert proxy.sent[0][0] == Hop("198.51.100.7", 6060)


def test_an_older_client_without_the_cookie_is_followed_too() -> None:
    proxy, via = ProxyFixture(), "Via: SIP/2.0/UDP 192.0.2.1:5060"
    invite = proxy.forwarded(request(via))
    assert of_name(proxy.forwarded(of_method("CANCEL", via)), "Via")[0] == of_name(invite, "Via")[0]
    assert of_name(proxy.forwarded(request(via, "Call-ID: b")), "Via")[0] != of_name(invite, "Via")[0]


def test_a_refused_call_is_answered_and_its_ack_goes_no_further() -> None:
    proxy = ProxyFixture(REFUSE)
    answer = proxy.answer(INVITE)
    assert answer.startswith(b"SIP/2.0 603 Decline\r\n")
    to = next(line for line in answer.decode().split("\r\n") if line.startswith("To:"))
    assert proxy.answer(of_method("ACK", to)) == b"" and proxy.sent == []
    assert proxy.server.counts.ignored == 1


def test_the_ack_of_a_failure_beyond_is_not_taken_for_our_own() -> None:
    proxy = ProxyFixture()
    proxy.forwarded(INVITE)
    assert proxy.forwarded(of_method("ACK", f"To: <sip:{CALLEE}@x>;tag=0123456789abcdef"))


def test_the_as_takes_its_route_off_and_sends_the_call_back_to_the_s_cscf() -> None:
    proxy = ProxyFixture(next_hop=None)
    lines = proxy.forwarded(request(SCSCF, line="INVITE tel:+8617000000900 SIP/2.0"))
    assert proxy.sent[0][0] == Hop("198.51.100.7", 6060)
    assert lines[0] == "INVITE tel:+8617000000900 SIP/2.0"
    assert of_name(lines, "Route") == ["<sip:198.51.100.7:6060;lr;odi=77>"]


def test_the_as_may_be_called_twice_for_a_call_but_not_in_a_circle() -> None:
    proxy = ProxyFixture(next_hop=None)
    first = proxy.forwarded(request(SCSCF))
    vias = [f"Via: {value}" for value in of_name(first, "Via")]
    again = [line for line in first if not line.startswith(("Route:", "Via:")) and line]
    back = ["Via: SIP/2.0/UDP 198.51.100.7:6060;branch=z9hG4bKs", *vias]

    def returned(route: str) -> bytes:
        return "\r\n".join([again[0], *back, route, *again[1:], "", ""]).encode()

    assert proxy.answer(returned(SCSCF), "198.51.100.7").startswith(b"SIP/2.0 482 Loop Detected\r\n")
    assert proxy.forwarded(returned(SCSCF.replace("odi=77", "odi=78")), "198.51.100.7")


@pytest.mark.parametrize(
    ("changed", "start"),
    [
        (("Max-Forwards: 0",), b"SIP/2.0 483 Too Many Hops\r\n"),
        (("Max-Forwards: many",), b"SIP/2.0 400 Malformed Max-Forwards\r\n"),
        (("Proxy-Require: foo",), b"SIP/2.0 420 Bad Extension\r\n"),
        (("Route: <sip:203.0.113.1;lr>",), b"SIP/2.0 403 Route Not Permitted\r\n"),
        (("Route: <sip:192.0.2.9;lr>, <sip:203.0.113.1;lr>",), b"SIP/2.0 403 Route Not Permitted\r\n"),
        (("Route: <sip:198.51.100.7>",), b"SIP/2.0 403 Route Not Permitted\r\n"),
        (("Route: <sips:198.51.100.7;lr>",), b"SIP/2.0 403 Route Not Permitted\r\n"),
        (("Route: garbage",), b"SIP/2.0 403 Route Not Permitted\r\n"),
        (("Subject: a\nb",), b"SIP/2.0 400 Malformed Line End\r\n"),
        (("Subject: a\vRemote-Party-ID: <sip:95588@x>",), b"SIP/2.0 400 Malformed Header Field\r\n"),
        (("Subject: a\x1b[2K",), b"SIP/2.0 400 Malformed Header Field\r\n"),
        (("Subject: a\u2028From: <sip:95588@x>",), b"SIP/2.0 400 Malformed Header Field\r\n"),
        (("Subject: a\x85From: <sip:95588@x>",), b"SIP/2.0 400 Malformed Header Field\r\n"),
        (("CSeq: x INVITE",), b"SIP/2.0 400 Missing or Malformed CSeq\r\n"),
    ],
)
def test_what_cannot_be_forwarded_is_answered(changed: tuple[str, ...], start: bytes) -> None:
    proxy = ProxyFixture()
    assert proxy.answer(request(*changed)).startswith(start)
    assert proxy.sent == []


def test_without_a_next_hop_a_call_without_route_is_answered() -> None:
    assert ProxyFixture(next_hop=None).answer(INVITE).startswith(b"SIP/2.0 480 No Next Hop\r\n")


def test_an_unsupported_extension_is_named() -> None:
    assert b"\r\nUnsupported: foo, bar\r\n" in ProxyFixture().answer(
        request("Proxy-Require: foo", "Proxy-Require: bar")
    )


def test_a_request_without_max_forwards_gets_one() -> None:
    assert of_name(ProxyFixture().forwarded(request("Max-Forwards")), "Max-Forwards") == ["69"]


def test_the_source_of_a_request_is_noted_in_its_via() -> None:
    via = "Via: SIP/2.0/UDP sbc.example;branch=z9hG4bK1;rport"
    text = ProxyFixture().forwarded(request(via))
    assert of_name(text, "Via")[1] == "SIP/2.0/UDP sbc.example;branch=z9hG4bK1;received=192.0.2.1;rport=5060"


@pytest.mark.parametrize(
    "hidden", [";received=203.0.113.9;rport=53", ";RECEIVED = [2001:db8::9]", '\\";received=203.0.113.9']
)
def test_no_text_in_a_via_leads_responses_to_somebody_else(hidden: str) -> None:
    proxy = ProxyFixture()
    via = f'Via: SIP/2.0/UDP sbc.example:5080;x="{hidden}";branch=z9hG4bK1'
    proxy.forwarded(response(proxy.forwarded(request(via))), "192.0.2.50")
    assert proxy.sent[0][0] == Hop("192.0.2.1", 5080)


@pytest.mark.parametrize("code", [100, 180, 200, 302, 486, 603])
def test_a_response_goes_back_to_the_via_below_without_ours(code: int) -> None:
    proxy = ProxyFixture()
    forwarded = proxy.forwarded(request("Via: SIP/2.0/UDP sbc.example:5080;branch=z9hG4bK1"))
    lines = proxy.forwarded(response(forwarded, code), "192.0.2.50")
    assert proxy.sent[0][0] == Hop("192.0.2.1", 5080)
    assert lines[0] == f"SIP/2.0 {code} X"
    assert of_name(lines, "Via") == ["SIP/2.0/UDP sbc.example:5080;branch=z9hG4bK1;received=192.0.2.1"]
    assert proxy.server.counts.relayed == 1


def test_a_response_whose_vias_stand_on_one_line_goes_back_too() -> None:
    proxy = ProxyFixture()
    answer = response(proxy.forwarded(INVITE)).replace(b"\r\nVia: SIP/2.0/UDP 192.0.2.1", b", SIP/2.0/UDP 192.0.2.1")
    assert of_name(proxy.forwarded(answer), "Via") == ["SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"192.0.2.1:5060", b"203.0.113.9:53"),
        lambda text: text.replace(b"z9hG4bK776asdhds", b"z9hG4bKother"),
        lambda text: text.replace(b"Call-ID: a84b4c76e66710", b"Call-ID: b"),
        lambda text: re.sub(rb"bKfz[0-9a-f]{16}", b"bKfz0123456789abcdef", text),
        lambda text: text.replace(b"192.0.2.9:5060", b"192.0.2.8:5060"),
        lambda text: text.replace(b"SIP/2.0/UDP 192.0.2.1", b"garbage 192.0.2.1"),
        lambda text: text.replace(b"Content-Length", b"X: a\nContent-Length"),
        lambda text: re.sub(rb"Via: SIP/2.0/UDP 192.0.2.1.*\r\n", b"", text),
        lambda text: re.sub(rb"Call-ID.*\r\n", b"", text),
    ],
)
def test_a_response_that_no_forwarded_request_has_is_not_relayed(change: Callable[[bytes], bytes]) -> None:
    proxy = ProxyFixture()
    forged = change(response(proxy.forwarded(INVITE)))
    proxy.sent.clear()
    assert (proxy.answer(forged), proxy.sent, proxy.server.counts.stray) == (b"", [], 1)


def test_a_label_is_shown_to_the_called_party_and_taken_back_for_the_caller() -> None:
    proxy = ProxyFixture(LABEL)
    lines = proxy.forwarded(request('From: "Bank" <sip:+12125550100@x;user=phone>;tag=9'))
    assert of_name(lines, "From") == ['"来电提示" <sip:+12125550100@x;user=phone>;tag=9']
    assert of_name(lines, "X-Fanzha-Treatment") == ["label"] and of_name(lines, "X-Fanzha-Country") == ["US"]
    back = proxy.forwarded(response(lines), "192.0.2.50")
    assert of_name(back, "From") == ['"Bank" <sip:+12125550100@x;user=phone>;tag=9']


def test_a_withheld_number_is_not_shown_and_the_caller_gets_his_own_from_back() -> None:
    proxy = ProxyFixture(WITHHOLD)
    lines = proxy.forwarded(request("Privacy: none"))
    assert of_name(lines, "From") == ['"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1928301774']
    assert of_name(lines, "Privacy") == ["id"]
    back = proxy.forwarded(response(lines), "192.0.2.50")
    assert of_name(back, "From") == [f"<sip:{CALLER}@192.0.2.77>;tag=1928301774"]


@pytest.mark.parametrize(("trusted", "kept"), [(False, False), (True, True)])
def test_a_caller_does_not_say_himself_that_he_was_verified(trusted: bool, kept: bool) -> None:
    proxy = ProxyFixture(listener=Listener("edge", "192.0.2.9", trusted=trusted))
    lines = proxy.forwarded(request("From: <sip:+12125550100;verstat=TN-Validation-Passed@x>;tag=9"))
    assert ("verstat" in of_name(lines, "From")[0]) is kept
    back = proxy.forwarded(response(lines), "192.0.2.50")
    assert of_name(back, "From") == ["<sip:+12125550100;verstat=TN-Validation-Passed@x>;tag=9"]


def test_a_label_stands_in_the_asserted_identity_too() -> None:
    proxy = ProxyFixture(LABEL, Listener("edge", "192.0.2.9", trusted=True))
    lines = proxy.forwarded(request('P-Asserted-Identity: "Bank" <sip:+12125550100@x>, <tel:+12125550100>'))
    assert of_name(lines, "P-Asserted-Identity") == ['"来电提示" <sip:+12125550100@x>, "来电提示" <tel:+12125550100>']


CLAIMS = (
    "Remote-Party-ID: <sip:110@x>",
    "Call-Info: <https://x.example/bank.png>;purpose=icon",
    "P-Asserted-Identity: <sip:+8617000000700@x>",
    "P-Preferred-Identity: <sip:95588@x>",
    "Identity: abc;info=<https://x.example>",
    "X-Fanzha-Treatment: allow",
    "X-Fanzha-Label: trusted",
    "X-Fanzha-Verstat: TN-Validation-Passed",
    "P-Attestation-Indicator: A",
    "P-Origination-Id: 123e4567-e89b-12d3-a456-426655440000",
    "X-Fanzha-Anything: x",
    "X-Trunk: IGW-1",
)

ASSERTED = ("p-asserted-identity", "p-attestation-indicator", "p-origination-id")


READABLE = (
    "<sip:+8617000000700@x>",
    '"Li, Ming <office>" <sip:+8617000000700@x;user=phone>',
    "tel:+8617000000700",
    "<sip:+8617000000700@x>, <tel:+8617000000700>",
    "Office <sips:+8617000000700;verstat=x@x>;p=1",
)


@pytest.mark.parametrize("identity", READABLE)
def test_an_identity_that_a_trusted_neighbour_asserts_stays(identity: str) -> None:
    lines = ProxyFixture(listener=Listener("edge", "192.0.2.9", trusted=True)).forwarded(
        request(f"P-Asserted-Identity: {identity}")
    )
    assert of_name(lines, "P-Asserted-Identity") == [identity]


@pytest.mark.parametrize(
    "identity",
    ["Wsip:95588@y>", "<sip:95588;; \t<@y>", "<six:95588@y>", "95588", "<sip:95588@y>, 95588", "<sip:>95588"],
)
def test_an_asserted_identity_that_cannot_be_read_is_taken_out(identity: str) -> None:
    lines = ProxyFixture(listener=Listener("edge", "192.0.2.9", trusted=True)).forwarded(
        request(f"P-Asserted-Identity: {identity}")
    )
    assert of_name(lines, "P-Asserted-Identity") == []


@pytest.mark.parametrize(
    ("trusted", "proven", "kept"),
    [
        (False, False, {"identity"}),
        (True, False, {"identity", *ASSERTED}),
        (True, True, {"identity", *ASSERTED, "remote-party-id", "call-info"}),
        (False, True, {"identity", "remote-party-id", "call-info"}),
    ],
)
def test_what_is_not_proven_is_taken_out_and_what_is_signed_stays(trusted: bool, proven: bool, kept: set[str]) -> None:
    listener = Listener("edge", "192.0.2.9", trunk=TrunkHeader("X-Trunk"), trusted=trusted)
    proxy = ProxyFixture(listener=listener, is_proven=lambda trunk: proven and trunk == "IGW-1")
    lines = proxy.forwarded(request(*CLAIMS))
    names = [line.partition(":")[0].lower() for line in lines]
    assert set(names) & {header.partition(":")[0].lower() for header in CLAIMS} == kept | {"x-fanzha-treatment"}
    assert of_name(lines, "X-Fanzha-Treatment") == ["allow"]


@pytest.mark.parametrize("uri", ["s\xb9p:+8695588@x", "six:95588@x", "sip\xe995588@x", "95588"])
def test_a_caller_whose_address_cannot_be_read_is_not_shown(uri: str) -> None:
    lines = ProxyFixture().forwarded(request(f"From: <{uri}>;tag=caller"))
    (shown,) = of_name(lines, "From")
    assert "95588" not in shown and "tag=caller" in shown


@pytest.mark.parametrize(
    "header",
    [
        "P-Asserted-Identity:" + " " * 60_000 + "x",
        "P-Asserted-Identity: <sip:a@b>;" + " " * 60_000 + '"',
        "P-Asserted-Identity: <sip:a@b>" + " " * 60_000 + '"',
        "P-Asserted-Identity: " + ", " * 30_000,
        "Route: " + "<" * 60_000,
        "Route: " + '"\\' * 30_000,
        "Route: <sip:192.0.2.9;lr>, <sip:198.51.100.7" + "; transport" * 5_000 + ">",
        "Privacy: " + ";" * 60_000,
        "From: " + "sip:" * 15_000,
        "From: <sip:1" + ";phone-context=" * 4_000 + "+44@x>;tag=1",
        "From: <sip:1;phone-context=+" + "-" * 60_000 + "@x>;tag=1",
        "From: <sip:1@x>" + ";x" * 30_000,
        'From: "' + "\\\\" * 20_000 + f'" <sip:{CALLER}@x>;tag=1',
        'Via: SIP/2.0/UDP 192.0.2.1;x="' + ";received=" * 6_000 + '";branch=z9hG4bK1',
    ],
    ids=lambda header: header[:40],
)
def test_no_header_field_holds_up_the_calls_behind_it(header: str) -> None:
    proxy, message = ProxyFixture(listener=Listener("edge", "192.0.2.9", trusted=True)), request(header)
    begun = time.process_time()
    proxy.answer(message)
    assert time.process_time() - begun < 0.5  # a pattern that tries again from each byte takes 2 to 150 seconds


@pytest.mark.parametrize(
    "value",
    [
        "<sip:+12125550100@x>;tag=a@b:5060/[c]",
        '"A, \\"B\\" <sip:1@x>" <sip:+12125550100@x> ; tag = "q;\\"," ; isup-oli=0',
        "sip:+12125550100@x;tag=1",
        "<sip:+12125550100@x>\r\n\t;tag=1\r\n ;x",
        "张三 <sip:+12125550100@x>;tag=1",
    ],
)
def test_a_caller_with_unusual_parameters_is_forwarded_as_he_is(value: str) -> None:
    (shown,) = of_name(ProxyFixture().forwarded(request(f"From: {value}")), "From")
    assert shown == re.sub(r"\r\n[ \t]+", " ", value)


@pytest.mark.parametrize("decision", [ALLOW, LABEL])
@pytest.mark.parametrize("uri", ["sip:95588;phone-context=+44@x;user=phone", "tel:%395588;ext=1;Phone-Context=+1-212"])
def test_a_number_local_to_another_country_is_not_shown_without_it(uri: str, decision: Decision) -> None:
    (shown,) = of_name(ProxyFixture(decision).forwarded(request(f"From: <{uri}>;tag=caller")), "From")
    name = '"来电提示"' if decision is LABEL else '"Anonymous"'
    assert shown == f"{name} <sip:anonymous@anonymous.invalid>;tag=caller"


@pytest.mark.parametrize("user", ["17000000001;phone-context=+86", "+442079460958;phone-context=+44", "1;x=+44"])
def test_a_number_that_reads_the_same_without_its_context_is_shown(user: str) -> None:
    (shown,) = of_name(ProxyFixture().forwarded(request(f"From: <sip:{user}@x>;tag=caller")), "From")
    assert shown == f"<sip:{user}@x>;tag=caller"


def test_requests_within_a_dialog_are_forwarded_undecided() -> None:
    proxy = ProxyFixture()
    for method in ("BYE", "ACK", "UPDATE", "PRACK", "INFO"):
        lines = proxy.forwarded(of_method(method, f"To: <sip:{CALLEE}@x>;tag=callee", "Remote-Party-ID: <sip:110@x>"))
        assert lines[0].startswith(method) and not of_name(lines, "Remote-Party-ID")
        assert not of_name(lines, "X-Fanzha-Treatment")
    assert proxy.desk.attempts == []


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE", "FLY"])
def test_other_requests_outside_a_dialog_are_answered_here(method: str) -> None:
    proxy = ProxyFixture()
    assert proxy.answer(of_method(method))[:11] in (b"SIP/2.0 200", b"SIP/2.0 405", b"SIP/2.0 501")
    assert proxy.sent == []


def test_an_invented_to_tag_is_no_way_round_the_screen() -> None:
    proxy = ProxyFixture(REFUSE, record_route=True)
    invented = request(f"To: <sip:{CALLEE}@x>;tag=invented")
    assert proxy.answer(invented).startswith(b"SIP/2.0 481 ")
    forged = request(f"To: <sip:{CALLEE}@x>;tag=invented", "Route: <sip:192.0.2.9:5060;lr;fz=0123456789abcdef->")
    assert proxy.answer(forged).startswith(b"SIP/2.0 481 ")
    assert proxy.sent == []


def test_with_record_route_a_screened_dialog_comes_by_again_in_both_directions() -> None:
    proxy = ProxyFixture(record_route=True)
    (route,) = of_name(proxy.forwarded(INVITE), "Record-Route")
    for method in ("INVITE", "BYE"):
        line = f"{method} sip:gateway@198.51.100.77:5080 SIP/2.0"
        again = of_method(method, f"Route: {route}", f"To: <sip:{CALLEE}@x>;tag=c", line=line)
        lines = proxy.forwarded(again, "192.0.2.50")
        assert proxy.sent[0][0] == Hop("198.51.100.77", 5080) and not of_name(lines, "Route")
    elsewhere = of_method("BYE", f"Route: {route}", f"To: <sip:{CALLEE}@x>;tag=c", line="BYE sip:a@203.0.113.1 SIP/2.0")
    assert proxy.answer(elsewhere).startswith(b"SIP/2.0 403 ")
    assert len(proxy.desk.attempts) == 1


def test_strangers_are_not_forwarded() -> None:
    proxy = ProxyFixture(listener=Listener("tas", "192.0.2.9", peers=(ip_network("192.0.2.0/30"),)))
    for message in (INVITE, of_method("CANCEL"), of_method("BYE", f"To: <sip:{CALLEE}@x>;tag=1")):
        assert proxy.answer(message, "203.0.113.1") == b""
    assert (proxy.sent, proxy.server.counts.strangers) == ([], 3)


SHOWN = "P-Asserted-Identity: <sip:110@x>", "Remote-Party-ID: <sip:110@x>", 'From: "Police" <sip:110@x>;tag=1928301774'


@pytest.mark.parametrize("trunk", [FixedTrunk("MSC-1"), TrunkHeader("X-Trunk")])
def test_the_trunk_of_a_listener_counts_within_a_dialog_too(trunk: FixedTrunk | TrunkHeader) -> None:
    listener = Listener("home", "192.0.2.9", trunk=trunk, trusted=True)
    proxy = ProxyFixture(listener=listener, is_proven=lambda name: name == "MSC-1")
    lines = proxy.forwarded(of_method("UPDATE", f"To: <sip:{CALLEE}@x>;tag=c", "X-Trunk: MSC-1", *SHOWN))
    assert [of_name(lines, header.partition(":")[0]) for header in SHOWN] == [
        [header.partition(": ")[2]] for header in SHOWN
    ]


def test_nobody_shows_another_caller_within_a_dialog() -> None:
    listener = Listener("edge", "192.0.2.9", trunk=TrunkHeader("X-Trunk"), trusted=True)
    proxy = ProxyFixture(listener=listener, is_proven=lambda trunk: trunk == "MSC-1")
    for method in ("UPDATE", "INFO"):
        trunks = ("X-Trunk: IGW-1", "x-trunk: MSC-1")  # a second one may be forged
        lines = proxy.forwarded(of_method(method, f"To: <sip:{CALLEE}@x>;tag=c", *trunks, *SHOWN))
        assert of_name(lines, "From") == ['"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1928301774']
        assert "110@x" not in "".join(lines)
        back = proxy.forwarded(response(lines), "192.0.2.50")
        assert of_name(back, "From") == ['"Police" <sip:110@x>;tag=1928301774']


def of_dialog(method: str, route: str, *changed: str) -> bytes:
    """Return a request of the caller within a dialog."""
    line = f"{method} sip:gateway@198.51.100.77:5080 SIP/2.0"
    return of_method(method, f"Route: {route}", f"To: <sip:{CALLEE}@x>;tag=c", *changed, line=line)


@pytest.mark.parametrize(
    ("decision", "shown"),
    [(ALLOW, '"Ming" <sip:+12125550100@x>'), (LABEL, '"来电提示" <sip:+12125550100@x>'), (WITHHOLD, ANONYMOUS)],
)
def test_a_later_request_of_the_caller_shows_what_the_screened_one_showed(decision: Decision, shown: str) -> None:
    proxy = ProxyFixture(decision, record_route=True)
    (route,) = of_name(proxy.forwarded(request('From: "Ming" <sip:+12125550100@x>;tag=1928301774')), "Record-Route")
    for method in ("INVITE", "UPDATE"):
        lines = proxy.forwarded(of_dialog(method, route, *SHOWN))
        assert of_name(lines, "From") == [f"{shown};tag=1928301774"] and "110@x" not in "".join(lines)


def test_a_later_request_of_the_called_party_shows_no_number() -> None:
    proxy = ProxyFixture(record_route=True)
    (route,) = of_name(proxy.forwarded(INVITE), "Record-Route")
    line = "INVITE sip:caller@198.51.100.77:5080 SIP/2.0"
    parties = 'From: "Police" <sip:110@x>;tag=c', f"To: <sip:{CALLER}@x>;tag=1928301774"
    lines = proxy.forwarded(of_method("INVITE", f"Route: {route}", *parties, line=line), "192.0.2.50")
    assert of_name(lines, "From") == [f"{ANONYMOUS};tag=c"]


def test_the_route_of_a_screened_call_opens_the_way_for_no_other_caller() -> None:
    proxy = ProxyFixture(record_route=True)
    (route,) = of_name(proxy.forwarded(INVITE), "Record-Route")
    assert proxy.answer(of_dialog("INVITE", route, "From: <sip:95588@x>;tag=other")).startswith(b"SIP/2.0 481 ")
    assert proxy.answer(of_dialog("INVITE", route, "Call-ID: other")).startswith(b"SIP/2.0 481 ")
    other = route.replace(route.partition("-")[2][:8], "AAAAAAAA")
    assert proxy.answer(of_dialog("INVITE", other)).startswith(b"SIP/2.0 481 ")


def test_a_call_for_help_vouches_for_no_number() -> None:
    proxy = ProxyFixture(Decision(Treatment.ALLOW, ("emergency_callee",)), record_route=True)
    lines = proxy.forwarded(request("From: <sip:95588@x>;tag=1928301774"))
    assert of_name(lines, "From") == ["<sip:95588@x>;tag=1928301774"]
    (route,) = of_name(lines, "Record-Route")
    again = proxy.forwarded(of_dialog("INVITE", route, "From: <sip:95588@x>;tag=1928301774"))
    assert of_name(again, "From") == [f"{ANONYMOUS};tag=1928301774"]


@pytest.mark.parametrize("method", ["INVITE", "MESSAGE", "REFER", "NOTIFY", "SUBSCRIBE", "FLY"])
def test_an_invented_to_tag_carries_nothing_that_begins_or_shows_something(method: str) -> None:
    proxy = ProxyFixture(record_route=True)
    (route,) = of_name(proxy.forwarded(INVITE), "Record-Route")
    proxy.sent.clear()
    assert proxy.answer(of_method(method, f"To: <sip:{CALLEE}@x>;tag=c")).startswith(b"SIP/2.0 481 ")
    assert proxy.sent == []
    assert proxy.forwarded(of_dialog(method, route))


@pytest.mark.parametrize("method", ["REGISTER", "PUBLISH"])
def test_what_belongs_to_no_dialog_is_not_forwarded(method: str) -> None:
    proxy = ProxyFixture()
    assert proxy.answer(of_method(method, f"To: <sip:{CALLEE}@x>;tag=c")).startswith(b"SIP/2.0 405 ")
    assert proxy.sent == []


def test_a_request_is_not_sent_to_this_proxy_itself() -> None:
    proxy = ProxyFixture()
    assert proxy.forwarded(request("Route: " + ", ".join(["<sip:192.0.2.9;lr>", "<sip:tas.example;lr>"] * 40)))
    assert proxy.sent[0][0] == NEXT


def test_a_request_that_no_datagram_holds_once_forwarded_is_answered() -> None:
    proxy = ProxyFixture(WITHHOLD)
    assert proxy.answer(request(f'From: "{"x" * 50_000}" <sip:1@x>;tag=1')).startswith(b"SIP/2.0 513 ")
    assert proxy.sent == []


def test_a_decision_that_is_waited_for_forwards_late() -> None:
    asked: list[Callable[[Decision], None]] = []

    def later(_attempt: CallAttempt, then: Callable[[Decision], None]) -> None:
        asked.append(then)

    proxy = ProxyFixture(decide_later=later)
    proxy.answer(INVITE)
    assert proxy.sent == []
    asked[0](LABEL)
    (text,) = [text for _, text in proxy.sent]
    assert text == "\r\n".join(ProxyFixture(LABEL).forwarded(INVITE)).encode()


def test_a_call_that_could_not_be_screened_is_forwarded_and_says_so() -> None:
    overload = OverloadControl()
    for _ in range(5):
        overload.record_lag(1_000.0)
    proxy = ProxyFixture(spill=lambda _attempt, _why: Decision(Treatment.ALLOW, screened=False))
    proxy.server.overload = overload
    assert of_name(proxy.forwarded(INVITE), "X-Fanzha-Screened") == ["no"]


@given(
    st.lists(
        st.sampled_from([SCSCF, *CLAIMS, "Privacy: id", "Subject: a\r\n b", "v: SIP/2.0/UDP b;branch=1"]), max_size=8
    )
)
def test_whatever_is_forwarded_is_well_formed_and_one_message(headers: list[str]) -> None:
    proxy = ProxyFixture(WITHHOLD)
    proxy.answer(request(*dict.fromkeys(headers)))
    for _, text in proxy.sent:
        again = ProxyFixture()
        assert not again.answer(text.replace(b"192.0.2.9:5060;branch", b"192.0.2.8:5060;branch")).startswith(
            b"SIP/2.0 4"
        )

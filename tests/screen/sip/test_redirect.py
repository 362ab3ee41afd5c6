"""Each request is answered as RFC 3261 asks of a server without state, and a call is decided once."""

from collections.abc import Callable
from ipaddress import ip_network

import pytest
from tests.screen.sip.calls import ALLOW, CALLEE, PROXY, FakeDecider, answer_lines, request, server

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.call_counters import CallCounters
from fanzha.screen.decision import Decision
from fanzha.screen.metric_types import OTHER
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import OverloadControl
from fanzha.screen.reasons import OVERLOADED
from fanzha.screen.sip.listener import FixedTrunk, Listener
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.refusal import SipRefusal
from fanzha.screen.sip.retransmissions import RETRANSMISSION_MS, DecisionCache

REFUSE = Decision(Treatment.REFUSE, ("home_number_from_abroad",), 0.9, Treatment.REFUSE, "US")
INVITE = request()


def of_method(method: str, *changed: str) -> bytes:
    return request(f"CSeq: 314159 {method}", *changed, line=f"{method} sip:{CALLEE}@192.0.2.9 SIP/2.0")


def code(message: bytes, listener: Listener | None = None) -> int:
    lines = answer_lines(message, listener)
    return int(lines[0].split()[1]) if lines else 0


def test_a_call_that_may_go_on_is_sent_back_to_its_own_target() -> None:
    lines = answer_lines(request(line="INVITE sip:+8619100012345;npdi@192.0.2.9:5070;user=phone SIP/2.0"))
    assert lines == [
        "SIP/2.0 302 Moved Temporarily",
        "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds",
        "From: <sip:+8617000000001@192.0.2.77>;tag=1928301774",
        lines[3],
        "Call-ID: a84b4c76e66710@192.0.2.77",
        "CSeq: 314159 INVITE",
        "Contact: <sip:+8619100012345;npdi@192.0.2.9:5070;user=phone>",
        "X-Fanzha-Treatment: allow",
        "Content-Length: 0",
        "",
        "",
    ]
    assert lines[3].startswith("To: <sip:+8619100012345@192.0.2.1>;tag=")


def test_a_refused_call_is_told_no_rule() -> None:
    lines = answer_lines(INVITE, decision=REFUSE)
    assert lines[0] == "SIP/2.0 603 Decline"
    assert lines[6:] == ["Reason: Q.850;cause=21", "Content-Length: 0", "", ""]


def test_a_refusal_may_have_another_code_and_name_redress() -> None:
    refusal = SipRefusal(608, text="Blocked by analytics", call_info="https://redress.example/jcard")
    lines = answer_lines(INVITE, Listener("608", "192.0.2.9", refusal=refusal), REFUSE)
    assert lines[0] == "SIP/2.0 608 Rejected"
    assert lines[6:8] == [
        'Reason: Q.850;cause=21;text="Blocked by analytics"',
        "Call-Info: <https://redress.example/jcard>;purpose=jwscard",
    ]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (of_method("ACK"), 0),
        (of_method("ACK", "From: broken"), 0),
        (of_method("CANCEL"), 200),
        (of_method("OPTIONS"), 200),
        (of_method("OPTIONS", f"To: <sip:{CALLEE}@x>;tag=1"), 200),
        (of_method("BYE", f"To: <sip:{CALLEE}@x>;tag=1"), 481),
        (of_method("BYE"), 481),
        (of_method("INVITE", f"To: <sip:{CALLEE}@x>;tag=1"), 481),
        (of_method("UPDATE", f"To: <sip:{CALLEE}@x>;tag=1"), 481),
        (of_method("INFO"), 405),
        (of_method("REGISTER"), 405),
        (of_method("FLY"), 501),
    ],
)
def test_each_method_has_its_answer(message: bytes, expected: int) -> None:
    assert code(message) == expected


def test_methods_that_are_not_taken_are_told_which_are() -> None:
    for method in ("REGISTER", "FLY", "OPTIONS"):
        assert "Allow: INVITE, ACK, CANCEL, OPTIONS" in answer_lines(of_method(method))


def test_a_screen_that_is_not_well_says_so_to_who_asks() -> None:
    ill = server()
    ill.healthy = False
    assert ill.answer(of_method("OPTIONS"), 0, PROXY, 5060)[0].startswith(b"SIP/2.0 503 Service Unavailable\r\n")
    assert ill.answer(INVITE, 0, PROXY, 5060)[0].startswith(b"SIP/2.0 302 ")


def test_a_cancel_is_answered_with_the_tag_of_its_invite() -> None:
    tags = [
        next(line for line in answer_lines(header) if line.startswith("To:"))
        for header in (INVITE, of_method("CANCEL"))
    ]
    assert tags[0] == tags[1]


def test_two_servers_answer_byte_for_byte_alike() -> None:
    assert server().answer(INVITE, 0, PROXY, 5060) == server().answer(INVITE, 0, PROXY, 5060)


@pytest.mark.parametrize(
    ("via", "answer", "port"),
    [
        ("192.0.2.1:5080;branch=z9hG4bK1", "192.0.2.1:5080;branch=z9hG4bK1", 5080),
        ("192.0.2.1;branch=z9hG4bK1", "192.0.2.1;branch=z9hG4bK1", 5060),
        ("proxy.example:5080;branch=z9hG4bK1", "proxy.example:5080;branch=z9hG4bK1;received=192.0.2.1", 5080),
        (
            "192.0.2.1:5080;branch=z9hG4bK1;rport",
            "192.0.2.1:5080;branch=z9hG4bK1;received=192.0.2.1;rport=40000",
            40000,
        ),
        ("192.0.2.1;rport;received=192.0.2.200;a=b", "192.0.2.1;a=b;received=192.0.2.1;rport=40000", 40000),
        ("192.0.2.7;branch=1, SIP/2.0/TCP x;rport", "192.0.2.7;branch=1;received=192.0.2.1, SIP/2.0/TCP x;rport", 5060),
    ],
)
def test_the_answer_goes_where_via_says_and_tells_what_was_seen(via: str, answer: str, port: int) -> None:
    text, to, *_ = server().answer(request(f"Via: SIP/2.0/UDP {via}"), 0, "192.0.2.1", 40000)
    assert (text.decode().split("\r\n")[1], to) == (f"Via: SIP/2.0/UDP {answer}", port)


def test_ipv6_stands_in_brackets_in_via_and_without_in_received() -> None:
    via = request("Via: SIP/2.0/UDP [2001:db8::1]:5062;branch=z9hG4bK1")
    assert b"received" not in server().answer(via, 0, "2001:db8::1", 5062)[0]
    assert (
        b"[2001:db8::1]:5062;branch=z9hG4bK1;received=2001:db8::2\r" in server().answer(via, 0, "2001:db8::2", 5062)[0]
    )
    assert b";received=fe80::1\r" in server().answer(via, 0, "fe80::1%eth0", 5062)[0]


def test_every_via_goes_back_in_its_order() -> None:
    others = b"v: SIP/2.0/TCP a;branch=2\r\nMax-Forwards: 70\r\nVIA: SIP/2.0/UDP b;branch=3"
    text, *_ = server().answer(request().replace(b"Max-Forwards: 70", others), 0, PROXY, 5060)
    vias = [line for line in text.split(b"\r\n") if line.startswith(b"Via")]
    assert vias[1:] == [b"Via: SIP/2.0/TCP a;branch=2", b"Via: SIP/2.0/UDP b;branch=3"]


def test_a_resent_call_is_decided_once_and_answered_alike() -> None:
    desk = FakeDecider()
    same = server(desk=desk)
    assert same.answer(INVITE, 0, PROXY, 5060) == same.answer(INVITE, 0, PROXY, 5060)
    assert (len(desk.attempts), same.counts.retransmissions) == (1, 1)


@pytest.mark.parametrize("step_ns", [-86_400_000_000_000, 86_400_000_000_000])
def test_a_decision_is_forgotten_in_time_whatever_the_wall_clock_does(step_ns: int) -> None:
    wall_ns, monotonic_ns, desk = [1_772_323_200_000_000_000], [0], FakeDecider()
    same = server(desk=desk, now_ns=lambda: wall_ns[0], monotonic_ns=lambda: monotonic_ns[0])

    def call(call_id: str) -> None:
        same.answer(request(f"Call-ID: {call_id}"), 0, PROXY, 5060)

    call("a")
    wall_ns[0] += step_ns
    call("a")
    assert len(desk.attempts) == 1
    for number in range(1, 4):
        monotonic_ns[0] = number * RETRANSMISSION_MS * 1_000_000
        call(f"b{number}")
    call("a")
    assert len(desk.attempts) == 5


def test_the_same_call_by_another_branch_is_decided_once() -> None:
    desk = FakeDecider(REFUSE)
    same = server(desk=desk)
    for branch in "12":
        text, *_ = same.answer(request(f"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{branch}"), 0, PROXY, 5060)
        assert text.startswith(b"SIP/2.0 603 ") and f"z9hG4bK{branch}".encode() in text
    assert len(desk.attempts) == 1


@pytest.mark.parametrize(
    "second",
    [
        request(line="INVITE sip:+8619100099999@192.0.2.9 SIP/2.0"),
        request("From: <sip:+8617000000002@192.0.2.77>;tag=1928301774"),
        request("From: <sip:+8617000000001@192.0.2.77>;tag=other"),
        request("Call-ID: other"),
        request("Privacy: id"),
    ],
)
def test_who_was_allowed_once_is_not_allowed_to_call_others_by_the_same_call_id(second: bytes) -> None:
    desk = FakeDecider()
    same = server(desk=desk)
    same.answer(INVITE, 0, PROXY, 5060)
    same.answer(second, 0, PROXY, 5060)
    assert len(desk.attempts) == 2


def crowded(desk: FakeDecider, passed: Decision | None) -> RedirectServer:
    overload = OverloadControl()
    for _ in range(5):
        overload.record_lag(1_000.0)

    def spill(_attempt: CallAttempt, why: str) -> Decision | None:
        assert why == OVERLOADED
        return passed

    return RedirectServer(Listener("busy", "192.0.2.9"), desk.decide, DecisionCache(), overload, spill=spill)


def test_the_same_call_with_another_signature_is_decided_anew() -> None:
    desk = FakeDecider()
    screen = server(Listener("verifying", "192.0.2.9", reads_signatures=True), desk)
    for signature in ("Identity: a", "Identity: a", "Identity: b", "Max-Forwards: 70"):
        screen.answer(request(signature), 0, PROXY, 5060)
    assert [attempt.signatures for attempt in desk.attempts] == [("a",), ("b",), ()]


def test_when_too_much_comes_calls_are_told_to_come_later() -> None:
    desk = FakeDecider()
    busy = crowded(desk, None)
    text, *_ = busy.answer(INVITE, 0, PROXY, 5060)
    assert text.startswith(b"SIP/2.0 503 Service Unavailable\r\n") and b"\r\nRetry-After: 1\r\n" in text
    assert (desk.attempts, busy.counts.shed) == ([], 1)


def test_calls_are_counted_by_trunk_with_what_was_answered_and_repeated() -> None:
    metrics = Metrics(["edge"])
    for name in ("edge", "unknown"):
        counted = RedirectServer(
            Listener(name, "192.0.2.9", trunk=FixedTrunk(name)),
            FakeDecider(REFUSE).decide,
            DecisionCache(),
            OverloadControl(),
            counters=CallCounters(metrics, "sip"),
        )
        for _ in range(3):
            counted.answer(INVITE, 0, PROXY, 5060)
        assert counted.counts.unknown_trunks == (name == "unknown")
    metrics.text()
    for name in ("edge", OTHER):
        assert metrics.trunk_calls.series_for(name, REFUSE.meant, "refuse").value == 1
        assert metrics.trunk_responses.series_for(name, "603").value == 3
        assert metrics.trunk_repeats.series_for(name).value == 2


def test_a_call_that_is_pushed_back_counts_with_its_wait() -> None:
    metrics, overload = Metrics(), OverloadControl()
    for _ in range(5):
        overload.record_lag(1_000.0)
    busy = RedirectServer(
        Listener("busy", "192.0.2.9"),
        FakeDecider().decide,
        DecisionCache(),
        overload,
        counters=CallCounters(metrics, "sip"),
        now_ns=lambda: 1_000_000_000,
    )
    busy.arrived_ns = 930_000_000
    busy.answer(INVITE, 0, PROXY, 5060)
    shed = metrics.trunk_shed_seconds.series_for(OTHER, OVERLOADED)
    assert (sum(shed.counts), shed.total_ns) == (1, 70_000_000)


def test_a_trunk_that_stays_open_passes_unscreened_and_says_so() -> None:
    desk = FakeDecider()
    busy = crowded(desk, Decision(Treatment.ALLOW, screened=False))
    text, *_ = busy.answer(INVITE, 0, PROXY, 5060)
    assert text.startswith(b"SIP/2.0 302 ") and b"\r\nX-Fanzha-Screened: no\r\n" in text


def test_a_call_that_was_shed_is_decided_when_it_comes_again() -> None:
    desk, overload = FakeDecider(), OverloadControl()
    same = RedirectServer(Listener("busy", "192.0.2.9"), desk.decide, DecisionCache(), overload)
    for _ in range(5):
        overload.record_lag(1_000.0)
    same.answer(INVITE, 0, PROXY, 5060)
    overload.record_lag(0.0)
    assert same.answer(INVITE, 0, PROXY, 5060)[0].startswith(b"SIP/2.0 302 ")
    assert len(desk.attempts) == 1


def test_calls_decided_before_are_answered_also_when_too_much_comes() -> None:
    desk, overload = FakeDecider(), OverloadControl()
    same = RedirectServer(Listener("busy", "192.0.2.9"), desk.decide, DecisionCache(), overload)
    first = same.answer(INVITE, 0, PROXY, 5060)
    for _ in range(5):
        overload.record_lag(1_000.0)
    assert same.answer(INVITE, 0, PROXY, 5060) == first


def test_strangers_are_not_heard() -> None:
    desk = FakeDecider()
    closed = server(Listener("closed", "192.0.2.9", peers=(ip_network("192.0.2.0/30"),)), desk)
    assert closed.answer(INVITE, 0, "198.51.100.1", 5060)[0] == b""
    assert closed.answer(INVITE, 0, "192.0.2.1", 5060)[0] != b""
    assert (len(desk.attempts), closed.counts.strangers) == (1, 1)


def test_what_came_is_counted() -> None:
    counted = server()
    for message in (INVITE, INVITE, of_method("ACK"), b"\r\n\r\n", b"junk", of_method("OPTIONS")):
        counted.answer(message, 0, PROXY, 5060)
    counts = counted.counts
    assert (counts.answers[302], counts.answers[200], sum(counts.answers)) == (2, 1, 3)
    assert (counts.retransmissions, counts.ignored, counts.unreadable) == (1, 2, 1)


def test_many_source_addresses_grow_no_memory() -> None:
    heard = server(Listener("closed", "192.0.2.9", peers=(ip_network("10.0.0.0/9"),)))
    for number in range(10_000):
        heard.answer(INVITE, 0, f"10.0.{number >> 8}.{number & 255}", 5060)
    assert len(heard._accepted_peers) <= 4_096


def test_the_decision_is_shown_as_it_is() -> None:
    label = Decision(Treatment.LABEL, ("overseas_call", "watched_number"), 0.52, Treatment.REFUSE, "US")
    assert answer_lines(INVITE, decision=label)[7:11] == [
        "X-Fanzha-Treatment: label",
        "X-Fanzha-Reason: overseas_call,watched_number",
        "X-Fanzha-Score: 52",
        "X-Fanzha-Country: US",
    ]
    assert answer_lines(INVITE, decision=ALLOW)[7:9] == ["X-Fanzha-Treatment: allow", "Content-Length: 0"]


class Later:
    """Decides when it is let."""

    def __init__(self) -> None:
        self.asked: list[Callable[[Decision], None]] = []

    def decide(self, attempt: CallAttempt, then: Callable[[Decision], None]) -> Decision | None:
        self.asked.append(then)
        return None


def test_a_decision_that_is_waited_for_is_answered_late_as_it_would_have_been_at_once() -> None:
    later, sent = Later(), list[tuple[object, bytes, int]]()
    waits = RedirectServer(
        Listener("edge", "192.0.2.9"),
        FakeDecider().decide,
        DecisionCache(),
        OverloadControl(),
        decide_later=later.decide,
    )
    waits.send_late = lambda origin, text, port: sent.append((origin, text, port))
    assert waits.answer(INVITE, 0, PROXY, 5060, "origin")[0] == b""
    assert waits.answer(INVITE, 0, PROXY, 5060, "origin")[0] == b""  # resent meanwhile
    assert len(later.asked) == 1
    later.asked[0](REFUSE)
    at_once = server(desk=FakeDecider(REFUSE)).answer(INVITE, 0, PROXY, 5060)
    assert sent == [("origin", at_once[0], at_once[1])]
    assert waits.answer(INVITE, 0, PROXY, 5060)[0] == at_once[0]


def test_a_notify_is_taken_only_where_dialog_events_are_wanted() -> None:
    notify = of_method("NOTIFY", "Event: dialog", "Content-Length: 4") + b"<d/>"
    assert code(notify) == 405
    wants, heard = server(), list[tuple[bytes, int]]()
    wants.on_notify = lambda body, at: heard.append((body, at))
    assert wants.answer(notify, 0, PROXY, 5060)[0].startswith(b"SIP/2.0 200 ")
    assert [body for body, _ in heard] == [b"<d/>"]
    assert wants.answer(of_method("REFER"), 0, PROXY, 5060)[0].startswith(b"SIP/2.0 405 ")

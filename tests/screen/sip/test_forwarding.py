"""The parts of forwarded messages are read and written as RFC 3261 says, whatever a message contains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.screen.sip import forwarding
from fanzha.screen.sip.forwarding import RequestParts, read_via, split_head, split_list

KEY = b"k" * 32


def via_of(text: bytes) -> forwarding.Via:
    via = read_via(text)
    assert via is not None
    return via


@pytest.mark.parametrize(
    ("value", "host", "port", "branch", "reply_to"),
    [
        (b"SIP/2.0/UDP 192.0.2.1:5080;branch=z9hG4bK1", b"192.0.2.1", 5080, b"z9hG4bK1", ("192.0.2.1", 5080)),
        (b"SIP / 2.0 / UDP a.example ;branch=x;received=192.0.2.7", b"a.example", 0, b"x", ("192.0.2.7", 5060)),
        (b"SIP/2.0/UDP [2001:db8::1];rport=1234;branch=y", b"[2001:db8::1]", 0, b"y", ("2001:db8::1", 1234)),
        (b'SIP/2.0/UDP 192.0.2.1;x="a,b";branch=q, SIP/2.0/TCP b', b"192.0.2.1", 0, b"q", ("192.0.2.1", 5060)),
    ],
)
def test_a_via_is_read(value: bytes, host: bytes, port: int, branch: bytes, reply_to: tuple[str, int]) -> None:
    via = via_of(value)
    assert (via.host, via.port, via.branch, via.reply_address) == (host, port, branch, reply_to)


@pytest.mark.parametrize("value", [b"", b"SIP/2.0/UDP", b"SIP/3.0/UDP a", b"SIP/2.0/UDP a:99999", b'SIP/2.0/UDP a;x="'])
def test_a_malformed_via_is_not(value: bytes) -> None:
    assert read_via(value) is None


MISLEADING = ("\x85", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069", "%e2%80%ae", "%E2%81%A9", "%C2%85")


@pytest.mark.parametrize("sign", ["\v", "\f", "\x1c", "\x7f", "\0", *MISLEADING])
@pytest.mark.parametrize("keep_alive", [b"", b"\r\n\r\n"])
def test_a_head_that_misleads_some_readers_is_known_and_a_body_may_be_anything(sign: str, keep_alive: bytes) -> None:
    lines = "INVITE a SIP/2.0\r\nTo:\tx\r\n 张三 %2B86…\u2027\u206f".encode()
    assert forwarding.is_misleading(keep_alive + lines + sign.encode() + b"\r\n\r\nv=0")
    assert not forwarding.is_misleading(keep_alive + lines + b"\r\n\r\n" + sign.encode())


@pytest.mark.parametrize(
    "value", [b"SIP/2.0/UDP a.example", b"SIP/2.0/UDP 192.0.2.1;rport=99999", b"SIP/2.0/UDP ace.fed"]
)
def test_no_response_waits_for_dns_or_goes_to_an_impossible_port(value: bytes) -> None:
    assert via_of(value).reply_address is None


def test_a_list_is_split_at_commas_outside_brackets_and_quotes() -> None:
    assert split_list(b'"a, b" <sip:a;lr>, <sip:b,c;lr> ,<sip:d>') == [
        b'"a, b" <sip:a;lr>',
        b"<sip:b,c;lr>",
        b"<sip:d>",
    ]


@pytest.mark.parametrize("value", [b'<sip:a;lr>, "b, <sip:c;lr>', b"<sip:a;lr>, <sip:b, <sip:c;lr"])
def test_a_quote_or_bracket_without_an_end_takes_the_rest_of_a_list(value: bytes) -> None:
    assert split_list(value) == [b"<sip:a;lr>", value[len(b"<sip:a;lr>, ") :]]


def test_folded_lines_become_one() -> None:
    assert split_head(b"\r\nINVITE a SIP/2.0\r\nTo: x\r\n y\r\n\r\nbody") == (
        [b"INVITE a SIP/2.0", b"To: x y"],
        b"body",
    )
    assert split_head(b"A: b\r\n \r\n\t\r\n\r\nC: d") == ([b"A: b  "], b"C: d")


@pytest.mark.parametrize("head", [b"A b\nC: d\r\n\r\n", b"A b\rC: d\r\n\r\n", b"A b\0\r\n\r\n", b"A b\r\nC: d\r\n"])
def test_a_head_that_parsers_differ_on_is_not_split(head: bytes) -> None:
    assert split_head(head) is None


def test_a_request_is_taken_apart() -> None:
    lines = [
        b"INVITE sip:b@x SIP/2.0", b"v: SIP/2.0/UDP a", b"Via: SIP/2.0/UDP b", b"Route: <sip:c;lr>, <sip:d;lr>",
        b"i: id", b"CSeq: 1 INVITE", b"f: <sip:e>;tag=1", b"Max-Forwards: 7", b"X: y",
    ]  # fmt: skip
    parts = RequestParts(lines, b"")
    assert (parts.target, parts.call_id, parts.cseq, parts.max_forwards) == (b"sip:b@x", b"id", b"1 INVITE", b"7")
    assert parts.vias == [b"SIP/2.0/UDP a", b"SIP/2.0/UDP b"] and parts.routes == [b"<sip:c;lr>", b"<sip:d;lr>"]
    assert [name for name, _ in parts.lines] == [b"call-id", b"cseq", b"x"]


def test_a_branch_is_proven_by_the_via_below_it() -> None:
    below = via_of(b"SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1")
    route = forwarding.hash_route(b"sip:a", [])
    own = via_of(b"SIP/2.0/UDP x;branch=" + forwarding.make_branch(KEY, below, b"id", b"1 INVITE", route))
    assert forwarding.verify_branch(KEY, own, below, b"id", b"1 CANCEL")
    other = via_of(b"SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1")
    assert not forwarding.verify_branch(KEY, own, other, b"id", b"1 INVITE")
    assert not forwarding.verify_branch(KEY, own, below, b"other", b"1 INVITE")
    assert not forwarding.verify_branch(KEY, own, below, b"id", b"2 INVITE")
    assert not forwarding.verify_branch(b"o" * 32, own, below, b"id", b"1 INVITE")
    assert forwarding.is_loop(own.branch, route) and not forwarding.is_loop(own.branch, forwarding.hash_route(b"b", []))


@given(st.binary(min_size=1, max_size=300).filter(lambda value: not set(value) & {0, 10, 13}))
def test_a_replaced_from_comes_back_as_it_was(value: bytes) -> None:
    parameter = forwarding.encode_from(value)
    assert via_of(b"SIP/2.0/UDP a;branch=b" + parameter).original_from == value


def test_a_replaced_from_cannot_inject_a_line() -> None:
    assert via_of(b"SIP/2.0/UDP a" + forwarding.encode_from(b"a\r\nX: y")).original_from == b""


@pytest.mark.parametrize(
    ("value", "labelled", "hidden"),
    [
        (b"<sip:1@x;user=phone>;tag=2", b'"L" <sip:1@x;user=phone>;tag=2', b";tag=2"),
        (b'"a <b> c" <sip:1@x>;tag=2;y=z', b'"L" <sip:1@x>;tag=2;y=z', b";tag=2;y=z"),
        (b"Bank of X <sip:1@x> ;tag=2", b'"L" <sip:1@x> ;tag=2', b" ;tag=2"),
        (b"sip:1@x;tag=2", b'"L" <sip:1@x>;tag=2', b";tag=2"),
        (b"tel:+86955", b'"L" <tel:+86955>', b""),
    ],
)
def test_from_shows_a_label_or_nobody_and_keeps_its_tag(value: bytes, labelled: bytes, hidden: bytes) -> None:
    assert forwarding.show_label(value, b'"L"') == labelled
    assert forwarding.hide_number(value) == forwarding.ANONYMOUS + hidden


@pytest.mark.parametrize(
    ("value", "tag", "address"),
    [
        (b'"a;tag=1" <sip:1@x;tag=2> ; Tag = 3;y=z', b"3", b'"a;tag=1" <sip:1@x;tag=2>'),
        (b'<sip:1@x>;y=";tag=1";tag=2', b"2", b"<sip:1@x>"),
        (b"sip:1@x;tag=2", b"2", b"sip:1@x"),
        (b"<sip:1@x>", b"", b"<sip:1@x>"),
    ],
)
def test_the_tag_and_the_address_of_from_are_read(value: bytes, tag: bytes, address: bytes) -> None:
    assert (forwarding.read_tag(value), forwarding.read_shown_address(value)) == (tag, address)


def test_a_dialog_is_marked_by_its_caller_and_what_is_shown() -> None:
    mark = forwarding.mark_dialog(KEY, b"id", b"tag", b"<sip:1@x>")
    others = [(b"other", b"tag", b"<sip:1@x>"), (b"id", b"other", b"<sip:1@x>"), (b"id", b"tag", b"<sip:2@x>")]
    assert mark not in [forwarding.mark_dialog(KEY, *other) for other in others]
    assert forwarding.decode_value(forwarding.encode_value("来电".encode())) == "来电".encode()


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        (b"<sip:+1;verstat=TN-Validation-Passed@x>;tag=1", b"<sip:+1@x>;tag=1"),
        (b'"a" <tel:+1;VerStat=a;cpc=ordinary>;tag=1', b'"a" <tel:+1;cpc=ordinary>;tag=1'),
        (b"<sip:+1@x;user=phone;verstat;a=b>", b"<sip:+1@x;user=phone;a=b>"),
        (b"<sip:+1;verst%61t=a@x>", b"<sip:+1@x>"),
        (b'";verstat=a" <sip:+1%41@x>;tag=2', b'";verstat=a" <sip:+1%41@x>;tag=2'),
        (b"<sip:+1@x>;verstat=a;tag=1", b"<sip:+1@x>;verstat=a;tag=1"),
    ],
)
def test_no_uri_says_that_its_number_was_verified(value: bytes, bare: bytes) -> None:
    assert forwarding.remove_verstat(value) == bare


@pytest.mark.parametrize(("value", "hops"), [(b"", 70), (b"0", 0), (b"70", 70), (b"-1", -1), (b"1000", -1), (b"x", -1)])
def test_max_forwards_is_counted(value: bytes, hops: int) -> None:
    assert forwarding.count_hops(value) == hops


def test_privacy_asks_for_id_beside_what_the_caller_asked_for() -> None:
    assert forwarding.add_privacy([]) == b"Privacy: id"
    assert forwarding.add_privacy([b"none"]) == b"Privacy: id"
    assert forwarding.add_privacy([b"header; id", b"user"]) == b"Privacy: id;header;user"


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    read_via(data)
    split_list(data)
    split = split_head(data)
    if split is not None:
        RequestParts(*split)
    forwarding.show_label(data, b"x")
    forwarding.hide_number(data)
    forwarding.remove_verstat(data)

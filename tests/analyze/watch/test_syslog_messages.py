"""Headers of syslog messages are taken off; frames of a TCP connection become messages."""

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.analyze.watch.syslog_messages import (
    FrameDecoder,
    FrameError,
    SyslogMessage,
    has_open_quote,
    parse_message,
    to_line,
)

NOW = datetime.fromisoformat("2026-01-02T03:04:05+08:00")


@pytest.mark.parametrize(
    ("data", "body", "time", "host"),
    [
        (b"<13>1 2026-01-02T03:04:05.6+08:00 msc1 cdr - - - a,b,c", b"a,b,c", "2026-01-02T03:04:05.6+08:00", "msc1"),
        (b'<13>1 - - - - - [x@1 k="a\\]b"][y@1] \xef\xbb\xbf{"a": 1}', b'{"a": 1}', "", ""),
        (b"<13>Jan  2 03:04:05 msc1 cdr[12]: a=1 b=2", b"a=1 b=2", "2026-01-02T03:04:05", "msc1"),
        (b"<13>Dec 31 23:59:59 msc1 a,b,c\n", b"a,b,c", "2025-12-31T23:59:59", "msc1"),  # of the year before
        (b"<13>Jan  2 2025 03:04:05.25 msc1 cdr: x", b"x", "2025-01-02T03:04:05.25", "msc1"),
        (b'<14>{"a": 1}\0', b'{"a": 1}', "", ""),  # as Python's SysLogHandler sends it
        (b"a,b,c", b"a,b,c", "", ""),
        (b"<13>Feb 30 03:04:05 msc1 cdr: x", b"x", "", "msc1"),
    ],
)
def test_headers_are_taken_off(data: bytes, body: bytes, time: str, host: str) -> None:
    assert parse_message(data, NOW) == SyslogMessage(body, time, host)


def test_a_leap_day_finds_its_year() -> None:
    moment = parse_message(b"<13>Feb 29 12:00:00 msc1 cdr: x", datetime.fromisoformat("2028-03-01T00:00:00+00:00")).time
    assert moment == "2028-02-29T12:00:00"


def test_pairs_become_json_and_the_header_is_added_where_it_is_asked_for() -> None:
    message = SyslogMessage(b'caller=+8617000000001 note="a \\"b\\" c" empty=', "2026-01-02T03:04:05", "msc1")
    kind, line = to_line(message, with_header=False)
    assert (kind, line) == ("json", b'{"caller":"+8617000000001","note":"a \\"b\\" c","empty":""}\n')
    _, line = to_line(SyslogMessage(b'{"a": 1}', "t", "msc1"), with_header=True)
    assert line == b'{"syslog_time":"t","syslog_host":"msc1","a":1}\n'
    assert to_line(SyslogMessage(b"1,2\n3"), with_header=True) == ("text", b"1,2 3\n")
    assert to_line(SyslogMessage(b"{broken"), with_header=True) == ("broken", b"{broken\n")


def test_json_that_is_nested_too_deeply_is_broken() -> None:
    assert to_line(SyslogMessage(b'{"a":' + 30_000 * b"["), with_header=False)[0] == "broken"


@given(
    st.lists(st.binary(min_size=1, max_size=40).filter(lambda body: not {0, 10} & {*body})),
    st.lists(st.booleans()),
    st.integers(1, 50),
)
def test_frames_of_both_kinds_come_back_whole_in_any_pieces(
    bodies: list[bytes], counted: list[bool], size: int
) -> None:
    messages = [b"<13>" + body for body in bodies]
    data = b"".join(
        b"%d %b" % (len(message), message) if is_counted else message + b"\n"
        for message, is_counted in zip(messages, counted + [False] * len(messages), strict=False)
    )
    decoder = FrameDecoder()
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    assert [message for piece in pieces for message in decoder.add(piece)] == messages
    assert decoder.finish() == []


def test_a_counted_message_may_hold_line_ends() -> None:
    assert FrameDecoder().add(b"7 <13>a\nb3 <1>") == [b"<13>a\nb", b"<1>"]


def test_messages_before_a_wrong_frame_are_kept_and_the_frame_is_an_error_after_them() -> None:
    decoder = FrameDecoder()
    assert decoder.add(b"<13>a\n<13>b\n12x4567 ") == [b"<13>a", b"<13>b"]
    with pytest.raises(FrameError):
        decoder.finish()
    with pytest.raises(FrameError):
        decoder.add(b"x")


def test_empty_lines_are_no_messages_and_cost_one_pass() -> None:
    decoder = FrameDecoder()
    start = time.process_time()
    assert decoder.add(b"\0\n" * 500_000 + b"<13>a\n") == [b"<13>a"]
    assert time.process_time() - start < 5  # a search of the rest at each line takes minutes


def test_the_last_line_of_a_closed_connection_needs_no_end() -> None:
    decoder = FrameDecoder()
    assert decoder.add(b"<13>a") == [] and decoder.finish() == [b"<13>a"]
    assert decoder.add(b"9 <13>") == [] and decoder.finish() == []  # half a message


@pytest.mark.parametrize("data", [b"99999999 x", b"12x4567 ", b"70000 x", b"<13>" + b"x" * 70_000])
def test_what_is_no_frame_or_too_long_is_an_error(data: bytes) -> None:
    with pytest.raises(FrameError):
        FrameDecoder().add(data)


@pytest.mark.parametrize(
    ("line", "is_open"),
    [
        (b'a,b"c,d\n', False), (b'a,"b,c\n', True), (b'"a""\n', True), (b'"a""b",c\n', False), (b'x"y,"z\n', True),
        (b'"a","b, c","d"\n', False), (b'a;"b,c\n', False),
    ],
)  # fmt: skip
def test_only_a_quote_at_the_beginning_of_a_cell_can_be_open(line: bytes, is_open: bool) -> None:
    assert has_open_quote(line, b",") is is_open


def test_a_body_with_line_ends_is_one_line() -> None:
    assert to_line(SyslogMessage(b"a,b\r\nc\rd"), with_header=False) == ("text", b"a,b  c d\n")

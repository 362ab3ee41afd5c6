"""Dialog events become answers and ends, told by either end of a call; a document that declares anything is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.feeds.recording_sink import RecordingSink
from tests.screen.feeds.sip_packets import AT

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.feeds.call_tracker import MAX_STATE_MS, CallState
from fanzha.screen.feeds.dialog_info import (
    LONGEST_IDENTITY,
    MAX_DIALOGS,
    MAX_IDENTITIES,
    NAMESPACE,
    DialogInfoFeed,
    parse_document,
)

ENTITY = "sip:+8617000000001@example.net"
CALL_ID, LOCAL, REMOTE = "a84b4c76e66710", "1928301774", "456887766"


def document(version: int, *dialogs: str, entity: str = ENTITY, head: str = '<?xml version="1.0"?>') -> bytes:
    body = "".join(dialogs)
    attributes = f'xmlns="{NAMESPACE}" version="{version}" state="full" entity="{entity}"'
    return f"{head}<dialog-info {attributes}>{body}</dialog-info>".encode()


def dialog(
    state: str,
    *,
    remote: str = REMOTE,
    local: str = LOCAL,
    direction: str = "initiator",
    event_attributes: str = "",
    id_: str = "1",
) -> str:
    tags = "".join(f' {name}-tag="{tag}"' for name, tag in (("local", local), ("remote", remote)) if tag)
    attributes = f'id="{id_}" call-id="{CALL_ID}"{tags} direction="{direction}"'
    return f"<dialog {attributes}><state {event_attributes}>{state}</state></dialog>"


def fed(*documents: bytes) -> RecordingSink:
    sink = RecordingSink()
    feed = DialogInfoFeed(sink)
    for nth, first in enumerate(documents):
        feed.receive(first, AT + nth * 1_000)
    return sink


SET_UP = (
    document(0, dialog("trying", remote="")),
    document(1, dialog("early")),
    document(2, dialog("confirmed")),
)


def test_a_call_is_followed_from_ringing_to_its_end() -> None:
    answer, end = fed(*SET_UP, document(3, dialog("terminated", event_attributes='event="remote-bye"'))).facts
    assert answer == (AT + 2_000, "call_answered", {"call_id": CALL_ID, "ring_ms": 2_000})
    assert end[2] == {
        "call_id": CALL_ID, "answered": True, "talk_ms": 1_000, "released_by": "callee", "release_cause": 16
    }  # fmt: skip


@pytest.mark.parametrize(
    ("event", "by", "cause"),
    [
        ('event="cancelled"', "caller", 16),
        ('event="rejected" code="486"', "callee", 17),
        ('event="timeout" code="408"', "network", 102),
        ('event="error"', "network", None),
        ('event="rejected" code="9"', "callee", None),
        ("", None, None),
    ],
)
def test_a_call_that_is_not_answered_says_why(event: str, by: str | None, cause: int | None) -> None:
    (end,) = fed(*SET_UP[:2], document(2, dialog("terminated", event_attributes=event))).facts
    tracked = {"released_by": by, "release_cause": cause}
    assert end[2] == {"call_id": CALL_ID, "answered": False} | {k: v for k, v in tracked.items() if v is not None}


def test_both_ends_of_a_call_tell_of_one_call() -> None:
    callee = {"local": REMOTE, "remote": LOCAL, "direction": "recipient"}
    second = document(0, dialog("confirmed", **callee), entity="sip:b@example.net")
    bye = document(1, dialog("terminated", event_attributes='event="local-bye"', **callee), entity="sip:b@example.net")
    sink = fed(*SET_UP, second, bye, document(3, dialog("terminated", event_attributes='event="remote-bye"')))
    assert sink.names == ["call_answered", "call_ended"]
    assert sink.facts[1][2]["released_by"] == "callee"


def test_a_forked_call_lives_on_in_the_branch_that_answered() -> None:
    forks = document(1, dialog("early", remote="x", id_="1"), dialog("early", remote="y", id_="2"))
    lost = document(2, dialog("confirmed", remote="x"), dialog("terminated", remote="y", id_="2"))
    sink = fed(document(0, dialog("trying", remote="")), forks, lost)
    assert sink.names == ["call_answered"]
    assert fed(SET_UP[0], forks, document(2, dialog("terminated", remote="x"))).names == []
    both = (document(2, dialog("terminated", remote="x")), document(3, dialog("terminated", remote="y", id_="2")))
    assert fed(SET_UP[0], forks, *both).names == ["call_ended"]


def test_a_dialog_that_is_replaced_goes_on() -> None:
    assert fed(*SET_UP, document(3, dialog("terminated", event_attributes='event="replaced"'))).names == [
        "call_answered"
    ]


def test_a_document_that_was_overtaken_counts_no_more_and_a_new_subscription_does() -> None:
    sink = RecordingSink()
    feed = DialogInfoFeed(sink)
    for version in (4, 3, 4):
        feed.receive(document(version, dialog("confirmed" if version == 3 else "early")), AT)
    assert (feed.accepted, feed.outdated, sink.facts) == (1, 2, [])
    feed.receive(document(0, dialog("confirmed")), AT)
    assert sink.names == ["call_answered"]


def test_a_call_whose_beginning_was_missed_is_told_without_its_ring_time() -> None:
    assert fed(document(7, dialog("confirmed"))).facts[0][2] == {"call_id": CALL_ID}
    assert fed(document(7, dialog("terminated"))).names == []


def test_calls_that_are_never_ended_are_forgotten() -> None:
    feed = DialogInfoFeed(RecordingSink())
    feed.receive(SET_UP[0], AT)
    feed.pass_time(AT + MAX_STATE_MS[CallState.RINGING])
    assert len(feed.calls) == 0


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "body",
    [
        document(0, dialog("&b;"), head=BOMB),
        document(0, dialog("&a;"), head=FILE),
        document(0, dialog("trying"), head='<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">'),
        document(0, dialog("trying"), head='<?xml version="1.0" encoding="klingon"?>'),
        document(0, dialog("trying"))[:-1],
        document(0, "<x>" * 20 + "</x>" * 20),
        document(0, *[dialog("early")] * (MAX_DIALOGS + 1)),
        document(0, " " * 300_000),
        document(0, dialog("trying")).replace(b'version="0"', b'version="-1"'),
        document(0, dialog("trying")).replace(NAMESPACE.encode(), b"urn:x"),
        b"<presence/>",
        b"",
        b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_is_no_plain_document_is_refused(body: bytes) -> None:
    sink = RecordingSink()
    feed = DialogInfoFeed(sink)
    feed.receive(body, AT)
    assert (feed.accepted, feed.rejected, sink.facts, len(feed.calls)) == (0, 1, [], 0)


def test_entities_come_and_go() -> None:
    feed = DialogInfoFeed(RecordingSink())
    for number in range(100_010):
        feed.receive(document(5, entity=f"sip:{number}@example.net"), AT)
    feed.receive(document(5, entity="sip:100009@example.net"), AT)
    feed.receive(document(5, entity="sip:1@example.net"), AT)
    assert (feed.accepted, feed.outdated) == (100_011, 1)


@given(st.binary(max_size=100), st.integers(0, 400))
def test_no_garbage_is_too_much(garbage: bytes, index: int) -> None:
    whole = document(1, dialog("confirmed"))
    parse_document(garbage)
    parse_document(whole[:index] + garbage + whole[index:])


def with_identities(caller: str, callee: str = "sip:+8617000000900@x", *, direction: str = "initiator") -> str:
    ends = f"<local>{caller}</local><remote><identity>{callee}</identity></remote>"
    return dialog("early", direction=direction).replace("<state", ends + "<state", 1)


def judged(*dialogs: str, trunk: str = "PBX-1") -> list[CallAttempt]:
    attempts = list[CallAttempt]()
    feed = DialogInfoFeed(RecordingSink(), judge=attempts.append)
    for version, text in enumerate(dialogs):
        feed.receive(document(version, text), AT + version, trunk)
    return attempts


def test_the_call_of_a_dialog_is_judged_once_as_claimed_by_nobody_in_particular() -> None:
    ringing = with_identities('<identity display="A">sip:95588@x</identity>')
    (attempt,) = judged(ringing, ringing, dialog("confirmed"))
    assert (attempt.at, attempt.call_id, attempt.trunk) == (AT, CALL_ID, "PBX-1")
    assert (attempt.caller, attempt.callee, attempt.asserted) == ("95588", "+8617000000900", False)


def test_of_several_identities_all_are_claimed() -> None:
    (attempt,) = judged(with_identities("<identity>sip:1@x</identity><identity>tel:110</identity>"))
    assert (attempt.caller, attempt.claimed) == ("1", ("110",))


@pytest.mark.parametrize("direction", ["", "both"])
def test_without_direction_or_trunk_or_caller_nothing_is_judged(direction: str) -> None:
    known = "<identity>sip:95588@x</identity>"
    assert judged(with_identities(known, direction=direction)) == []
    assert judged(with_identities(known), trunk="") == []
    assert judged(with_identities("")) == []


def test_too_many_identities_refuse_the_document_and_long_ones_are_cut() -> None:
    identity = "<identity>sip:95588@x</identity>"
    assert judged(with_identities(identity * (MAX_IDENTITIES + 1))) == []
    assert len(judged(with_identities(identity * MAX_IDENTITIES))) == 1
    (attempt,) = judged(with_identities(f"<identity>{'9' * 100_000}</identity>"))
    assert len(attempt.caller) <= LONGEST_IDENTITY

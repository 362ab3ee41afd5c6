"""An identity of a caller is read with URI parts, phone contexts and what is dialled after it."""

import re
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import base
from tests.screen.feeds.sip_packets import AT, hep
from tests.screen.identity_cases import CASES, HOME, LISTED, MALFORMED, REFUSED, IdentityCase
from tests.screen.sip.calls import request

from fanzha.claims.treatment import Treatment
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.terms import CLASSES, NumberClass
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decider import Decider
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.enforcement import TrunkEnforcement
from fanzha.screen.feeds.dialog_info import NAMESPACE, DialogInfoFeed
from fanzha.screen.feeds.hep import HepFeed
from fanzha.screen.identity import read_identity, split_identities
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.overload import OverloadControl
from fanzha.screen.settings import EnforcementStep, TrunkSettings
from fanzha.screen.sip.copied_calls import CopiedCalls
from fanzha.screen.sip.listener import FixedTrunk, Listener
from fanzha.screen.sip.next_hops import Hop, NextHops
from fanzha.screen.sip.proxy import ProxyOptions, ProxyServer
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("95588*", "95588"),
        ("*95588#", "95588"),
        ("95588%00", "95588"),
        ("95588\0", "95588"),
        ("95588p1", "95588"),
        (",+8695588", "+8695588"),
        ("95588\ufffd\ufffd", "95588"),
        ("9\u200b5588", "95588"),
        ("(955)88", "95588"),
        ("tel:95588", "95588"),
        ("sip:95588@198.51.100.7;user=phone", "95588"),
        ("sip:95588:secret@198.51.100.7", "95588"),
        ("<sip:95588@198.51.100.7>", "95588"),
        ("110;phone-context=+86", "110"),
        ("010110;phone-context=+86", "010110"),
        ("95588;phone-context=carrier.example", "95588"),
        ("+8617000000001;ext=2", "+8617000000001"),
        ("8001234567;phone-context=+1", "+18001234567"),
        ("110;ext=1;phone-context=+44", "+44110"),
    ],
)
def test_the_number_in_a_text_is_read(text: str, canonical: str) -> None:
    assert read_identity(text).canonical == canonical


@pytest.mark.parametrize("text", ["alice", "sip:alice@example.com", "2020alice", "95588abc", "", ";phone-context=+1"])
def test_a_name_is_no_number(text: str) -> None:
    assert read_identity(text) == read_number(text)


def test_a_local_number_of_another_country_is_foreign_also_where_it_looks_like_one_of_ours() -> None:
    for local in ("8001234567", "95588", "110", "4008123456", "13800138000"):
        number = read_identity(f"{local};phone-context=+44")
        assert CLASSES[number.number_class] is NumberClass.FOREIGN


@given(st.text(alphabet="0123456789+ -()", max_size=20))
def test_a_plain_number_is_read_as_anywhere_else(text: str) -> None:
    number = read_number(text)
    if CLASSES[number.number_class] is not NumberClass.INVALID:
        assert read_identity(text) == number


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    read_identity(text)
    assert split_identities(text)


@pytest.mark.parametrize(
    ("value", "identities"),
    [
        ('"a, sip:1@x" <sip:95588@x>;party=calling, <tel:+8617000000001>', ["95588", "+8617000000001"]),
        ("sip:95588@x, tel:110", ["95588", "110"]),
        ("<sip:8001234567;phone-context=+1@x;user=phone>", ["8001234567;phone-context=+1"]),
        ("<sip:x.example>", ["x.example"]),
        ("<tel:+1-212-@95588;ext=1>", ["+1-212-", "95588;ext=1"]),
        ("<sip:@95588@x>", ["95588"]),
        ("<sip:@95588>", ["@95588"]),
        ("<sip:95588@+442079460958@x>", ["95588", "95588@+442079460958"]),
        ("<tel:+\u00a08695588>", ["+\u00a08695588"]),
        ("<sip:\u2028%2B8695588@x>", ["\u2028%2B8695588"]),
        ("95588", ["95588"]),
        ("", [""]),
    ],
)
def test_every_user_in_a_header_field_is_an_identity(value: str, identities: list[str]) -> None:
    assert split_identities(value) == identities


@pytest.mark.parametrize("text", ["++8695588", "+%2B8695588", "%2B%2B8695588", "sip:+%2B8695588@x", "++8695588p1"])
def test_a_plus_sign_again_hides_no_number(text: str) -> None:
    assert read_identity(text).canonical == "+8695588"


@pytest.mark.parametrize("text", ["tel:+\u00a08695588", "sip:\u2028%2B8695588@x", "sip:\u30009558\u20038@x"])
def test_a_space_that_is_not_shown_hides_no_number(text: str) -> None:
    assert read_identity(text).canonical in ("+8695588", "95588")


@pytest.mark.parametrize(
    "text", ["sip:;%2B8695588@x", ";+8695588", ":+8695588", "tel:;;+8695588", "sip:;+8695588;a=b@x"]
)
def test_a_user_part_that_begins_with_its_parameters_hides_no_number(text: str) -> None:
    assert read_identity(text).canonical == "+8695588"


# The hardest ruling on any identity of the caller counts, the same by SIP and by HTTP.

KEY = b"k" * 32
REFUSE_ALL = TrunkEnforcement("T", TrunkSettings(acts=EnforcementStep.REFUSE), KEY)


def decide(attempt: CallAttempt, trunk: str) -> Decision:
    """Decide a call of a trunk, whose mobile network proves callers."""
    decider = Decider(EmergencyCalls())
    decider.snapshot = MappedSnapshot(base({("phone_number", number): entry for number, entry in LISTED.items()}))
    ingress = "mobile" if trunk == HOME else "international_gateway"
    return decider.decide(decider.read(attempt.with_trunk(ingress, trunk == HOME)), REFUSE_ALL)


def by_sip(case: IdentityCase) -> str:
    """Return what a trusted SIP listener answers; callers from abroad are not asserted."""
    decisions = []

    def on_call(attempt: CallAttempt) -> Decision:
        decisions.append(decide(attempt, case.trunk))
        return decisions[0]

    listener = Listener("test", "192.0.2.9", trusted=True)
    server = RedirectServer(listener, on_call, DecisionCache(), OverloadControl())
    headers = [header for header in case.headers if case.trunk == HOME or "Asserted" not in header]
    text, *_ = server.answer(request(case.from_header, *headers), 0, "192.0.2.1", 5060)
    return decisions[0].treatment.value if decisions else MALFORMED if text.startswith(b"SIP/2.0 400") else ""


def by_proxy(case: IdentityCase) -> str:
    """Return what a trusted proxy listener does with a call; check what it forwards."""
    decisions, sent = [], list[bytes]()

    def on_call(attempt: CallAttempt) -> Decision:
        decisions.append(decide(attempt, case.trunk))
        return decisions[0]

    is_home = case.trunk == HOME
    proxy = ProxyOptions(
        NextHops("192.0.2.9", 5060, next_hop=Hop("192.0.2.50", 5060)), KEY, is_proven=lambda _trunk: is_home
    )
    listener = Listener("test", "192.0.2.9", trusted=is_home)
    server = ProxyServer(listener, on_call, DecisionCache(), OverloadControl(), proxy)
    server.send_late = lambda _host, text, _port: sent.append(text)
    text, *_ = server.answer(request(case.from_header, *case.headers), 0, "192.0.2.1", 5060)
    if not decisions:
        return MALFORMED if text.startswith(b"SIP/2.0 400") and not sent else ""
    assert bool(sent) != text.startswith(b"SIP/2.0 603 ")
    for forwarded in sent:
        assert re.search(rb"^(Remote-Party|P-Asserted)", forwarded, re.M | re.I) is None or is_home
        assert f"X-Fanzha-Treatment: {decisions[0].treatment.value}\r\n".encode() in forwarded
    return decisions[0].treatment.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_by_proxy_it_is_the_same(case: IdentityCase) -> None:
    assert by_proxy(case) == case.result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_by_sip_the_hardest_ruling_counts(case: IdentityCase) -> None:
    assert by_sip(case) == case.result


def by_copy(case: IdentityCase) -> str:
    """Return how a call in a copy of SIP is judged; copies from abroad come from outside the trust domain."""
    decisions, judged = [], list[CallAttempt]()

    def judge(attempt: CallAttempt) -> None:
        judged.append(attempt)
        decisions.append(decide(attempt, case.trunk))

    listener = Listener("hep", "192.0.2.9", trunk=FixedTrunk(case.trunk), trusted=case.trunk == HOME)
    copied_calls = CopiedCalls(listener, judge)
    feed = HepFeed(lambda _at, _table, _fields: None, copied_calls=copied_calls)
    for _ in range(2):  # as received and as sent
        feed.receive(hep(request(case.from_header, *case.headers)), AT)
    assert len(judged) + bool(copied_calls.malformed) == 1
    return decisions[0].treatment.value if decisions else MALFORMED


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_in_copies_of_sip_it_is_the_same(case: IdentityCase) -> None:
    assert by_copy(case) == case.result


def identity_values(case: IdentityCase) -> list[str]:
    """Return every identity of the caller that a document on the dialog can hold."""
    values = [header.partition(": ")[::2] for header in case.headers]
    asserted = [value for name, value in values if "Asserted" in name and case.trunk == HOME]
    return [case.from_value, *asserted, *(value for name, value in values if name == "Remote-Party-ID")]


@pytest.mark.parametrize("direction", ["initiator", "recipient"])
@pytest.mark.parametrize(
    "case",
    [case for case in CASES if not any(name in header for header in case.headers for name in ("Diversion", "History"))],
    ids=lambda case: case.name,
)
def test_in_dialog_events_it_is_the_same(case: IdentityCase, direction: str) -> None:
    decisions = list[Decision]()
    feed = DialogInfoFeed(
        lambda _at, _table, _fields: None, judge=lambda attempt: decisions.append(decide(attempt, case.trunk))
    )
    caller = "".join(f"<identity>{escape(value)}</identity>" for value in identity_values(case))
    callee = "<identity>sip:+8617000000900@x</identity>"
    local, remote = (caller, callee) if direction == "initiator" else (callee, caller)
    body = f"<local>{local}</local><remote>{remote}</remote><state>trying</state>"
    dialog = f'<dialog id="1" call-id="c" direction="{direction}">{body}</dialog>'
    text = f'<dialog-info xmlns="{NAMESPACE}" version="0" state="full" entity="sip:a@x">{dialog}</dialog-info>'
    for _ in range(2):
        feed.receive(text.encode(), AT, case.trunk)
    (decision,) = decisions
    # a document has no syntax of From that could be malformed: the hardest ruling on its two numbers counts
    assert decision.treatment.value == (REFUSED if case.result == MALFORMED else case.result)


@pytest.mark.parametrize("case", [case for case in CASES if case.result != MALFORMED], ids=lambda case: case.name)
def test_by_http_it_is_the_same(case: IdentityCase) -> None:
    values = [header.partition(": ")[::2] for header in case.headers]
    asserted = [value for name, value in values if "Asserted" in name and case.trunk == HOME]
    claimed = [*asserted[1:], *(value for name, value in values if name == "Remote-Party-ID")]
    diverting = [value for name, value in values if name in ("Diversion", "History-Info")]
    caller, *others = split_identities(asserted[0] if asserted else case.from_value)
    attempt = CallAttempt(1, "c", caller, "+8617000000900", from_number=split_identities(case.from_value)[0])._replace(
        claimed=(*others, *(user for value in claimed for user in split_identities(value))),
        asserted=bool(asserted),
        diverting=tuple(user for value in diverting for user in split_identities(value)),
    )
    assert decide(attempt, case.trunk).treatment is Treatment(case.result)

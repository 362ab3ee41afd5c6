"""What is said around an answer is plain ASCII whatever a rule or a label is called, and is kept in bounds."""

import json
import re
from urllib.parse import quote, unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.sip.calls import request

from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.screen.decision import Decision
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.jws_card import CardSigner
from fanzha.screen.sip.listener import CallInfoForm, HeaderNames, Listener
from fanzha.screen.sip.refusal import RedressContact, SipRefusal
from fanzha.screen.sip.responses import END, FAULTS, MAX_KEPT, RedirectLines, RefusalAnswer
from fanzha.screen.stir.result import Verification, Verstat
from fanzha.warn.display_name import quoted

LISTENER = Listener("test", "192.0.2.9")
DECISION = Decision(Treatment.LABEL, ("overseas_call",), 0.5, Treatment.LABEL, "US")

decisions = st.builds(
    Decision,
    st.sampled_from(TREATMENTS),
    st.lists(st.text(max_size=20), max_size=3).map(tuple),
    st.floats(0, 1),
    st.just(Treatment.ALLOW),
    st.text(max_size=3),
    st.booleans(),
)


@given(decisions, st.text(max_size=40))
def test_no_reason_and_no_label_breaks_out_of_its_line(decision: Decision, label: str) -> None:
    lines = RedirectLines(LISTENER, lambda _decision: label).lines(decision).decode("ascii")
    assert re.fullmatch(r"(X-Fanzha-[A-Z][A-Za-z-]+: [ !-~]+\r\n)+Content-Length: 0\r\n\r\n", lines)


@given(st.text(max_size=40))
def test_a_verified_call_is_told_with_attestation_and_name(name: str) -> None:
    decision = DECISION._replace(verification=Verification(Verstat.PASSED, "", "B", "", name))
    lines = RedirectLines(LISTENER).lines(decision).decode("ascii")
    assert "X-Fanzha-Verstat: TN-Validation-Passed\r\nX-Fanzha-Attestation: B\r\n" in lines
    assert ("X-Fanzha-Caller-Name: " in lines) is bool(name)
    assert re.fullmatch(r"(X-Fanzha-[A-Z][A-Za-z-]+: [ !-~]+\r\n)+Content-Length: 0\r\n\r\n", lines)


def test_a_failed_signature_is_told_and_a_call_without_one_tells_nothing() -> None:
    failed = DECISION._replace(verification=Verification(Verstat.FAILED, "stale"))
    lines = RedirectLines(LISTENER).lines(failed)
    assert b"X-Fanzha-Verstat: TN-Validation-Failed\r\n" in lines and b"Attestation" not in lines
    assert b"Verstat" not in RedirectLines(LISTENER).lines(DECISION)


def test_a_label_is_written_with_escapes_of_utf_8() -> None:
    lines = RedirectLines(LISTENER, lambda _decision: "境外 US").lines(DECISION)
    assert b"X-Fanzha-Label: %E5%A2%83%E5%A4%96 US\r\n" in lines


def test_header_fields_can_be_renamed_and_left_out() -> None:
    names = HeaderNames(treatment="X-Action", reasons="", score="", country="", label="")
    lines = RedirectLines(Listener("test", "192.0.2.9", headers=names)).lines(DECISION)
    assert lines == b"X-Action: label\r\nContent-Length: 0\r\n\r\n"


def test_texts_that_differ_by_decision_are_not_kept_without_end() -> None:
    cached = RedirectLines(LISTENER)
    for number in range(MAX_KEPT + 10):
        cached.lines(DECISION._replace(score=number / 1e6))
    assert len(cached._cache) <= MAX_KEPT


def test_every_fault_that_is_answered_has_its_words() -> None:
    assert sorted(FAULTS) == list(range(layout.RESPONSE + 1, layout.TOO_MANY_IDENTITIES + 1))


def parts(refusal: SipRefusal, message: bytes = b"") -> tuple[int, bytes, bytes]:
    return RefusalAnswer(refusal, lambda: 1_546_008_698.5).parts(lambda: message)


def test_a_refusal_names_a_cause_that_telephone_networks_know() -> None:
    assert parts(SipRefusal(text="x"))[2] == b'Reason: Q.850;cause=21;text="x"\r\nContent-Length: 0\r\n\r\n'


def test_an_announcement_is_chosen_by_status_and_cause() -> None:
    code, first, last = parts(SipRefusal(480, cause=1))
    assert (code, first) == (480, b"SIP/2.0 480 Temporarily Unavailable\r\n")
    assert last.startswith(b"Reason: Q.850;cause=1\r\n")


def test_a_blocking_network_names_its_contact() -> None:
    contact = RedressContact("https://redress.example/object", "+861000000000", "redress@carrier.example")
    code, first, last = parts(SipRefusal(blocked_by=contact, location="TN"))
    assert (code, first) == (603, b"SIP/2.0 603 Network Blocked\r\n")
    assert last == (
        b'Reason: SIP;cause=603;text="v=analytics1;url=https://redress.example/object;tel=+861000000000;'
        b'email=redress@carrier.example";location=TN\r\nContent-Length: 0\r\n\r\n'
    )


CARD_URL = "https://redress.example/card"
CAPABLE = (
    "Feature-Caps: *;+sip.608",
    "feature-caps: *;+g.x;\r\n +sip.608, *;+g.y",
    "Feature-Caps: *;+sip.608;+g.x",
)


@pytest.mark.parametrize("header", CAPABLE)
def test_a_caller_that_can_read_608_gets_it_with_the_card(header: str) -> None:
    refusal = SipRefusal(608, call_info=CARD_URL, needs_capability=True)
    code, first, last = parts(refusal, request(header))
    assert (code, first) == (608, b"SIP/2.0 608 Rejected\r\n")
    assert f"Call-Info: <{CARD_URL}>;purpose=jwscard\r\n".encode() in last


@pytest.mark.parametrize(
    "message",
    [
        request(),
        request("Feature-Caps: *;+sip.6080"),
        request("Feature-Caps: *;+sip.607"),
        request("X-Feature-Caps: *;+sip.608"),
        request(body="\r\nFeature-Caps: *;+sip.608\r\n"),
    ],
)
def test_another_caller_gets_603(message: bytes) -> None:
    refusal = SipRefusal(608, call_info=CARD_URL, needs_capability=True)
    code, first, last = parts(refusal, message)
    assert (code, first, last) == (603, b"SIP/2.0 603 Decline\r\n", b"Reason: Q.850;cause=21\r\n" + END)


class CountingSigner(CardSigner):
    """Counts what it signs."""

    def __init__(self) -> None:
        super().__init__(generate_private_key(SECP256R1()), "https://redress.example/key.cer", ["vcard", []])
        self.signed: list[int] = []

    def sign(self, issued_at: int) -> str:
        self.signed.append(issued_at)
        return super().sign(issued_at)


def test_a_card_is_signed_once_a_second() -> None:
    signer, now = CountingSigner(), [100.0]
    answer = RefusalAnswer(SipRefusal(608, card=signer), lambda: now[0])
    texts = []
    for at in (100.0, 100.9, 101.0):
        now[0] = at
        texts.append(answer.parts(lambda: b"")[2])
    assert signer.signed == [100, 101] and texts[0] == texts[1] != texts[2]
    assert re.search(rb"\r\nCall-Info: <data:application/jose,[\w-]+\.[\w-]+\.[\w-]+>;purpose=jwscard\r\n", texts[2])


def call_info(form: CallInfoForm, label: str) -> bytes:
    listener = Listener("test", "192.0.2.9", label_call_info=form)
    lines = RedirectLines(listener, lambda _decision: label).lines(DECISION).split(b"\r\n")
    return b"".join(line for line in lines if line.startswith(b"Call-Info: "))


def test_a_label_stands_in_call_info_where_the_listener_wants_it() -> None:
    assert call_info("", '"境外来电"') == b""
    assert call_info("info", "") == b""
    text = quote('say "no" \\ 境外来电', safe="")
    label = '"say \\"no\\" \\\\ 境外来电"'
    assert call_info("info", label) == f"Call-Info: <data:text/plain;charset=utf-8,{text}>;purpose=info".encode()
    found = re.fullmatch(rb"Call-Info: <data:application/json,([^>]*)>;purpose=jcard", call_info("jcard", label))
    assert found is not None
    assert json.loads(unquote(found[1].decode())) == [
        "vcard",
        [["version", {}, "text", "4.0"], ["fn", {}, "text", 'say "no" \\ 境外来电']],
    ]


@given(st.text(max_size=100), st.sampled_from(["info", "jcard"]))
def test_a_label_in_call_info_is_plain_ascii_on_one_line(text: str, form: CallInfoForm) -> None:
    value = call_info(form, quoted(text))
    assert value.isascii() and b"\r" not in value and b"\n" not in value

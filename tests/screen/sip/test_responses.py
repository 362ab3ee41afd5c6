"""What is said around an answer is plain ASCII whatever a rule or a label is called, and is kept in bounds."""

import re

from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.screen.decision import Decision
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.listener import HeaderNames, Listener, SipRefusal
from fanzha.screen.sip.responses import FAULTS, MAX_KEPT, RedirectLines, refusal_lines

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
    assert re.fullmatch(r"(X-Fanzha-[A-Z][a-z]+: [ !-~]+\r\n)+Content-Length: 0\r\n\r\n", lines)


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


def test_a_refusal_names_a_cause_that_telephone_networks_know() -> None:
    assert refusal_lines(SipRefusal(text="x")) == b'Reason: Q.850;cause=21;text="x"\r\nContent-Length: 0\r\n\r\n'

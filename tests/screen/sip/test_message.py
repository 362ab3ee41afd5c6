"""Who calls whom by which trunk is read as the standards say, and believed only from where it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.sip.calls import CALLEE, CALLER, answer_lines, read_attempt, request

from fanzha.screen.sip.listener import FixedTrunk, Listener, TrunkGroup, TrunkHeader
from fanzha.screen.sip.message import LONGEST_NAME, shorten_facts

PLAIN = Listener("plain", "192.0.2.9")
TRUSTED = Listener("trusted", "192.0.2.9", trusted=True)
BY_HEADER = Listener("header", "192.0.2.9", trunk=TrunkHeader("X-Trunk"))
BY_GROUP = Listener("group", "192.0.2.9", trunk=TrunkGroup())


def test_a_plain_call_is_told_as_it_stands() -> None:
    attempt = read_attempt(request())
    facts = ("a84b4c76e66710@192.0.2.77", CALLER, CALLEE, "", "", False, "", "", False, "", (), True, ())
    assert attempt[1:] == (*facts, False, None, ())
    assert attempt.at > 1_700_000_000_000


@pytest.mark.parametrize(
    ("written", "caller"),
    [
        ("<sip:+8617000000001@192.0.2.77;user=phone>;tag=1", "+8617000000001"),
        ("sip:+8617000000001@192.0.2.77;tag=1", "+8617000000001"),
        ("<tel:+86-170-0000-0001;phone-context=example.com>;tag=1", "+86-170-0000-0001"),
        ("<sips:%2B8617000000001:secret@192.0.2.77>;tag=1", "+8617000000001"),
        ("<sip:+8617000000001;npdi;rn=+8613@192.0.2.77>;tag=1", "+8617000000001"),
        ('"A <sip:110@example.com> B" <sip:+8617000000001@192.0.2.77>;tag=1', "+8617000000001"),
        ('"quote \\" <sip:1@x>" <SIP:+8617000000001@192.0.2.77>;tag=1', "+8617000000001"),
        ("银行 <sip:95588@192.0.2.77>;tag=1", "95588"),
        ("<sip:192.0.2.77>;tag=1", ""),
        ("<sip:１１０@192.0.2.77>;tag=1", "１１０"),
        ("<sip:a%00b%0d%0aX-Evil%3a1@192.0.2.77>;tag=1", "a%00b%0d%0aX-Evil:1"),
    ],
)
def test_the_number_of_an_address_is_found_in_every_form(written: str, caller: str) -> None:
    assert read_attempt(request(f"From: {written}")).caller == caller


@pytest.mark.parametrize(
    ("target", "callee"),
    [
        ("tel:+8619100012345;npdi", CALLEE),
        ("sip:+8619100012345;npdi;rn=+8613@192.0.2.9;user=phone", CALLEE),
        ("sip:110@192.0.2.9", "110"),
        ("urn:service:sos.police", "urn:service:sos.police"),
        ("sip:192.0.2.9", ""),
    ],
)
def test_the_callee_is_of_the_request_uri(target: str, callee: str) -> None:
    assert read_attempt(request(line=f"INVITE {target} SIP/2.0")).callee == callee


def test_an_asserted_identity_counts_only_inside_the_trust_domain() -> None:
    message = request("P-Asserted-Identity: <sip:+8617000000009@192.0.2.77>")
    assert (read_attempt(message, PLAIN).caller, read_attempt(message, PLAIN).from_number) == (CALLER, "")
    assert (read_attempt(message, TRUSTED).caller, read_attempt(message, TRUSTED).from_number) == (
        "+8617000000009",
        CALLER,
    )


def test_what_is_shown_is_told_only_where_it_is_another_number() -> None:
    assert read_attempt(request(f"P-Asserted-Identity: <tel:{CALLER}>"), TRUSTED).from_number == ""


@pytest.mark.parametrize(
    "asserted",
    [
        '"Ops, desk" <sip:desk@example.com>, <tel:+8617000000009>',
        "<tel:+8617000000009>, <sip:desk@example.com>",
    ],
)
def test_of_several_asserted_identities_the_telephone_number_counts(asserted: str) -> None:
    assert read_attempt(request(f"P-Asserted-Identity: {asserted}"), TRUSTED).caller == "+8617000000009"


def test_an_asserted_identity_that_cannot_be_read_leaves_the_claimed_one() -> None:
    assert read_attempt(request("P-Asserted-Identity: <sip:+8617000000009"), TRUSTED).caller == CALLER


def test_two_header_fields_of_asserted_identity_are_one_list() -> None:
    fields = ("P-Asserted-Identity: <sip:desk@example.com>", "P-Asserted-Identity: <tel:+8617000000009>")
    assert read_attempt(request(*fields), TRUSTED).caller == "+8617000000009"


def test_who_hides_behind_anonymous_has_no_number_to_show() -> None:
    attempt = read_attempt(request('From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'))
    assert (attempt.caller, attempt.from_number, attempt.private) == ("", "", True)
    attempt = read_attempt(request("From: <sip:unavailable@unknown.invalid>;tag=1"))
    assert (attempt.caller, attempt.private) == ("", False)


@pytest.mark.parametrize(
    ("privacy", "private"),
    [
        ("id", True),
        ("critical;id", True),
        ("USER ; header", True),
        ("none", False),
        ("session", False),
        ("history", False),
    ],
)
def test_privacy_is_asked_for_by_id_user_and_header(privacy: str, private: bool) -> None:
    assert read_attempt(request(f"Privacy: {privacy}")).private is private


def test_the_last_diversion_is_the_original_callee() -> None:
    diverted = "Diversion: <sip:+8619100000002@192.0.2.1>;reason=unconditional, <tel:+8619100000001>;reason=user-busy"
    assert read_attempt(request(diverted)).original_callee == "+8619100000001"
    again = ("Diversion: <tel:+8619100000003>", "Diversion: <tel:+8619100000001>;counter=1")
    assert read_attempt(request(*again)).original_callee == "+8619100000001"


def test_the_first_entry_of_history_is_the_original_callee_before_any_diversion() -> None:
    first = "<sip:+8619100000001@192.0.2.1?Reason=SIP%3Bcause%3D302>;index=1"
    history = f"History-Info: {first}, <sip:{CALLEE}@192.0.2.9>;index=1.1"
    attempt = read_attempt(request(history, "Diversion: <tel:+8619100000002>"))
    assert attempt.original_callee == "+8619100000001"


def test_history_of_a_call_that_nobody_diverted_tells_nothing() -> None:
    assert read_attempt(request(f"History-Info: <sip:{CALLEE}@192.0.2.1>;index=1")).original_callee == ""


def test_the_trunk_stands_in_the_header_field_that_the_edge_writes() -> None:
    assert read_attempt(request("x-TRUNK: IGW-FIC-07"), BY_HEADER).trunk == "IGW-FIC-07"
    assert read_attempt(request("X-Trunk: 国际关口局 7"), BY_HEADER).trunk == "国际关口局 7"
    assert read_attempt(request("X-Trunk: IGW-FIC-07")).trunk == ""


def test_a_trunk_that_stands_twice_or_is_too_long_is_none() -> None:
    assert read_attempt(request("X-Trunk: IGW-FIC-07", "X-Trunk: OWN-FIC-01"), BY_HEADER).trunk == ""
    assert read_attempt(request(f"X-Trunk: {'a' * 65}"), BY_HEADER).trunk == ""


def test_a_listener_of_one_trunk_needs_no_header_field() -> None:
    fixed = Listener("fixed", "192.0.2.9", trunk=FixedTrunk("国际关口局 7"))
    assert read_attempt(request("X-Trunk: OTHER"), fixed).trunk == "国际关口局 7"


def test_a_trunk_group_is_told_with_its_context() -> None:
    contact = "Contact: <sip:+8617000000001;tgrp=TG-1;trunk-context=example.com@192.0.2.77;user=phone>"
    assert read_attempt(request(contact), BY_GROUP).trunk == "TG-1@example.com"
    assert (
        read_attempt(request("m: <tel:+8617000000001;trunk-context=+86-10;tgrp=a%20b>", "Contact"), BY_GROUP).trunk
        == "a b@+86-10"
    )
    assert read_attempt(request("Contact: <sip:gateway;tgrp=TG-1@192.0.2.77>"), BY_GROUP).trunk == "TG-1"


def test_the_trunk_group_to_leave_by_is_not_the_one_to_come_by() -> None:
    line = f"INVITE sip:{CALLEE};tgrp=OUT;trunk-context=example.com@192.0.2.9 SIP/2.0"
    assert read_attempt(request(line=line), BY_GROUP).trunk == ""


@pytest.mark.parametrize(("written", "facts"), [("A", "A"), ("C", "C"), ("D", ""), ("AB", ""), ("", "")])
def test_an_attestation_is_one_letter_of_the_edge(written: str, facts: str) -> None:
    verified = Listener("verified", "192.0.2.9", trusted=True, attestation="P-Attestation-Indicator")
    assert read_attempt(request(f"P-Attestation-Indicator: {written}"), verified).attestation == facts
    stranger = Listener("stranger", "192.0.2.9", attestation="P-Attestation-Indicator")
    assert read_attempt(request(f"P-Attestation-Indicator: {written}"), stranger).attestation == ""


VERIFYING = Listener("verifying", "192.0.2.9", reads_signatures=True)


def test_the_values_of_identity_are_read_where_signatures_are_verified() -> None:
    message = request("Identity: a.b.c;info=<https://a.example/>", "y : d\r\n  .e", "IDENTITY:", "Identity-Info: <x>")
    assert read_attempt(message, VERIFYING).signatures == ("a.b.c;info=<https://a.example/>", "d    .e", "")
    assert read_attempt(message).signatures == ()
    assert read_attempt(request(), VERIFYING).signatures == ()


def test_more_signatures_than_are_read_are_a_fault() -> None:
    assert len(read_attempt(request(*["Identity: a"] * 8), VERIFYING).signatures) == 8
    lines = answer_lines(request(*["Identity: a"] * 9), VERIFYING)
    assert lines[0] == "SIP/2.0 400 Too Many Identities"
    assert answer_lines(request(*["Identity: a"] * 9))[0].startswith("SIP/2.0 302")


def test_a_long_signature_is_read_whole() -> None:
    long = "x" * 20_000
    assert read_attempt(request(f"Identity: {long}"), VERIFYING).signatures == (long,)


def test_a_signature_changes_no_other_fact() -> None:
    signed = read_attempt(request("Identity: a.b.c"), VERIFYING)
    assert signed._replace(signatures=(), at=0) == read_attempt(request(), VERIFYING)._replace(at=0)


def test_long_names_are_told_by_their_digest() -> None:
    attempt = read_attempt(request(f"Call-ID: {'a' * (LONGEST_NAME + 1)}"))
    assert attempt.call_id.startswith("blake2b:") and len(attempt.call_id) == 48
    assert read_attempt(request(f"Call-ID: {'a' * LONGEST_NAME}")).call_id == "a" * LONGEST_NAME
    assert (
        shorten_facts(b"call\0b\0" + b"t" * 256) == b"call\0b\0" + shorten_facts(b"t" * 256 + b"\0\0").split(b"\0")[0]
    )


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=80))
def test_a_name_to_show_never_becomes_a_number(name: str) -> None:
    quoted = name.replace("\\", "").replace('"', '\\"')
    assert read_attempt(request(f'From: "{quoted}" <sip:{CALLER}@192.0.2.77>;tag=1')).caller == CALLER


def test_every_other_number_that_is_said_to_be_the_callers_is_told() -> None:
    message = request(
        "P-Asserted-Identity: <tel:+8617000000009>, <sip:95588@198.51.100.7>",
        "P-Asserted-Identity: <tel:110>",
        'Remote-Party-ID: "公安局" <sip:110@198.51.100.7>;party=calling',
    )
    assert read_attempt(message, TRUSTED).claimed == ("95588", "110", "110")
    assert read_attempt(message, PLAIN).claimed == ("+8617000000009", "95588", "110", "110")


def test_a_call_with_more_identities_than_are_read_is_refused() -> None:
    identities = ", ".join(["<tel:+8617000000009>"] * 9)
    lines = answer_lines(request(f"Remote-Party-ID: {identities}"))
    assert lines[0] == "SIP/2.0 400 Too Many Identities"
    assert len(read_attempt(request(f"Remote-Party-ID: {identities[:-22]}")).claimed) == 8


@pytest.mark.parametrize(
    ("written", "caller"),
    [
        ("<tel:8001234567;phone-context=+1>;tag=1", "8001234567;phone-context=+1"),
        ("<sip:110;phone-context=+44@192.0.2.77>;tag=1", "110;phone-context=+44"),
        ("<tel:95588;phone-context=carrier.example>;tag=1", "95588"),
    ],
)
def test_the_phone_context_of_a_local_number_is_told(written: str, caller: str) -> None:
    assert read_attempt(request(f"From: {written}")).caller == caller


def test_from_and_to_name_one_party() -> None:
    for field in ("From: <sip:1@x>, <sip:95588@x>;tag=1", "To: <sip:1@x>, sip:2@x", "From: sip:1@x, sip:95588@x"):
        assert answer_lines(request(field))[0].startswith("SIP/2.0 400"), field


def test_who_diverted_a_call_is_told() -> None:
    history = "History-Info: <sip:+8619100000001@x>;index=1, <sip:+8619100000002@x>;index=1.1"
    message = request(history, "History-Info: <tel:+8619100000003>", "Diversion: <tel:+8619100000004>")
    assert read_attempt(message).diverting == tuple(f"+861910000000{number}" for number in (1, 2, 3, 4))


def test_on_a_trusted_line_only_an_asserted_caller_is_proven() -> None:
    asserted = request("P-Asserted-Identity: <tel:+8617000000009>")
    assert [read_attempt(message, TRUSTED).asserted for message in (asserted, request())] == [True, False]
    assert [read_attempt(message, PLAIN).asserted for message in (asserted, request())] == [True, True]
    assert read_attempt(request(), TRUSTED).with_trunk("mobile", True).own is False


@pytest.mark.parametrize(
    "field",
    [
        "From: <sip:95\0588@x>;tag=1",
        "From: <sip:95\x7f588@x>;tag=1",
        "From: <sip:95588%@x>;tag=1",
        "From: <sip:95588%0x@x>;tag=1",
        "From: <tel:95588?x=y>;tag=1",
        "Remote-Party-ID: <sip:95\1588@x>",
        "Remote-Party-ID: <sip:95588%@x>",
    ],
)
def test_control_characters_and_malformed_escapes_are_refused(field: str) -> None:
    assert answer_lines(request(field))[0].startswith("SIP/2.0 400")


@pytest.mark.parametrize(
    ("written", "caller"),
    [
        ("<sip:110>;tag=1", "110"),
        ("<sip:95588:5060;user=phone>;tag=1", "95588"),
        ("<sip:192.0.2.77>;tag=1", ""),
        ("<sip:2.example>;tag=1", ""),
        ("<sip:[2001:db8::1]>;tag=1", ""),
    ],
)
def test_a_host_that_looks_like_a_number_stands_for_a_missing_user(written: str, caller: str) -> None:
    assert read_attempt(request(f"From: {written}")).caller == caller


@pytest.mark.parametrize(
    "lower", ["SIP/2.0/UDP x;received=192.0.2.1: 0", "SIP/2.0/UDP", "SIP/2.0/UDP a;=b, SIP/2.0/UDP b"]
)
def test_a_malformed_lower_hop_is_answered_by_the_first_one_alone(lower: str) -> None:
    first = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1"
    for fields in ((f"Via: {first}", f"Via: {lower}"), (f"Via: {first}, {lower}",)):
        lines = answer_lines(request(*fields))
        assert lines[0] == "SIP/2.0 400 Malformed Via"
        assert [line for line in lines if line.startswith("Via")] == [f"Via: {first}"]


def test_well_formed_lower_hops_are_answered() -> None:
    lower = 'SIP / 2.0 / TCP [2001:db8::1] : 5062 ; branch=z9hG4bK2;x="a,b" , SIP/2.0/UDP h'
    lines = answer_lines(request("Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1", f"Via: {lower}"))
    assert lines[0].startswith("SIP/2.0 302") and f"Via: {lower}" in lines

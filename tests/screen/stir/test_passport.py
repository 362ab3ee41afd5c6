"""Identity header fields are read as RFC 8224 writes them; everything else has a reason and never raises otherwise."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.screen.stir.signers import CALLEE, CALLER, ORIGID, URL, base64url, encode_token, made_signer, sign

from fanzha.screen.stir.passport import (
    LONGEST_IDENTITY,
    LONGEST_NAME,
    PassportError,
    clean_name,
    is_permitted_address,
    parse_identity,
)

HTTPS = (443, 8_443)


def reason(value: str) -> str:
    with pytest.raises(PassportError) as caught:
        parse_identity(value)
    return caught.value.reason


def test_a_shaken_passport_is_read() -> None:
    passport = parse_identity(sign(attest="B"))
    assert (passport.ppt, passport.x5u, passport.orig, passport.dest) == ("shaken", URL, CALLER, (CALLEE,))
    assert (passport.attest, passport.origid, len(passport.signature)) == ("B", ORIGID, 64)


@pytest.mark.parametrize(
    "parameters",
    ["", ";ppt=shaken", ';ppt="shaken"', " ; alg=ES256 ; ppt = shaken ", ";PPT=shaken;ALG=ES256;other=1;flag"],
)
def test_parameters_may_be_quoted_spaced_and_absent(parameters: str) -> None:
    assert parse_identity(sign(parameters=parameters)).ppt == "shaken"


def test_the_compact_form_is_answered_as_such() -> None:
    signature = sign().partition(";")[0].rpartition(".")[2]
    assert reason(f"..{signature};info=<{URL}>;alg=ES256;ppt=shaken") == "compact_form"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "ES384", "es256", ""])
def test_another_algorithm_is_refused(algorithm: str) -> None:
    assert reason(sign(header={"alg": algorithm}, parameters=";ppt=shaken")) == "algorithm"


def test_an_algorithm_of_the_header_field_alone_is_refused() -> None:
    assert reason(sign(parameters=";alg=none;ppt=shaken")) == "algorithm"


def test_an_unsigned_token_is_refused() -> None:
    header = base64url(b'{"alg":"none","typ":"passport","ppt":"shaken","x5u":"%s"}' % URL.encode())
    payload = sign().split(".")[1]
    assert reason(f"{header}.{payload}.;info=<{URL}>;ppt=shaken") == "algorithm"
    fine = sign().split(".")[0]
    assert reason(f"{fine}.{payload}.;info=<{URL}>;ppt=shaken") == "malformed"


def test_types_that_are_not_verified_are_unsupported() -> None:
    assert reason(sign(ppt="rph")) == "unsupported"
    assert reason(sign(ppt="rph", parameters="")) == "unsupported"


def malformed() -> dict[str, str]:
    token, _, rest = sign().partition(";")
    return {
        "empty": "",
        "text": "hello",
        "two parts": token.rpartition(".")[0] + ";" + rest,
        "no info": token,
        "another certificate than the header field names": sign(header={"x5u": URL + "x"}),
        "no certificate": encode_token(
            {"alg": "ES256", "typ": "passport"}, {"orig": {}, "dest": {}, "iat": 1}, made_signer().key
        )
        + f";info=<{URL}>",
        "another type than the header field names": sign(header={"ppt": "div"}),
        "not a passport": sign(header={"typ": "JWT"}),
        "a critical extension": sign(header={"crit": ["b64"]}),
        "info twice": sign() + f";info=<{URL}>",
        "padding": token.replace(".", "=.", 1) + ";" + rest,
        "an ignored character in base64": token[:8] + "!" + token[8:] + ";" + rest,
        "an unknown attestation": sign(attest="D"),
        "no attestation": sign(attest=""),
        "a number with letters": sign(orig="8617000000a"),
        "a number with visual characters": sign(orig="86-170"),
        "dest without list": sign(claims={"dest": {"tn": CALLEE}}),
        "iat as text": sign(claims={"iat": "1"}),
        "iat negative": sign(claims={"iat": -1}),
        "div without a number": sign(ppt="div"),
        "too long": sign() + ";x=" + "1" * LONGEST_IDENTITY,
    }


@pytest.mark.parametrize("case", malformed())
def test_a_malformed_field_has_that_reason(case: str) -> None:
    assert reason(malformed()[case]) == "malformed"


def test_a_signature_of_another_length_is_wrong() -> None:
    token, _, rest = sign().partition(";")
    assert reason(f"{token[:-4]};{rest}") == "signature_invalid"


@given(st.text(max_size=300))
@example("..;info=<>;ppt=shaken")
@example("a.b.c;info=<x>;alg=ES256;ppt=shaken")
def test_arbitrary_text_raises_nothing_else(text: str) -> None:
    with pytest.raises(PassportError):
        parse_identity(text)


@given(st.integers(0, 2_000), st.characters())
def test_one_changed_character_raises_nothing_else(position: int, letter: str) -> None:
    value = sign()
    position %= len(value)
    try:
        parse_identity(value[:position] + letter + value[position + 1 :])
    except PassportError:
        return


@pytest.mark.parametrize(
    ("url", "permitted"),
    [
        ("https://certificates.example/a.pem", True),
        ("https://certificates.example:8443/a.pem", True),
        ("https://192.0.2.1/a.pem", True),
        ("http://certificates.example/a.pem", False),
        ("https://certificates.example:22/a.pem", False),
        ("https://certificates.example:99999/a.pem", False),
        ("https://user@certificates.example/a.pem", False),
        ("https://certificates.example/a.pem?x=1", False),
        ("https://certificates.example/a.pem#x", False),
        ("https:///a.pem", False),
        ("file:///etc/passwd", False),
        ("https://certificates.example/a b", False),
        ("https://certificates.example/a\r\nHost: x", False),
        ("https://[::1", False),
        ("", False),
        ("https://certificates.example/" + "a" * 1_024, False),
    ],
)
def test_a_certificate_is_fetched_over_https_from_a_plain_address(url: str, permitted: bool) -> None:
    assert is_permitted_address(url, HTTPS) is permitted


def test_a_name_is_shown_without_control_and_formatting_characters() -> None:
    assert clean_name("  Example\u202e Bank\r\n\x00 ") == "Example Bank"
    assert clean_name("示例公司") == "示例公司"
    assert len(clean_name("x" * 500)) == LONGEST_NAME

"""An anchor is one line that OpenSSL's Ed25519 and the short checker agree about; nothing in it can be changed."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from tests.processes.log.written import IDENTITY, end_of, written

from fanzha.processes.log.anchor import Anchor, NoAnchor, build_statement, parse_anchor, sign_statement
from fanzha.processes.log.batch import BatchHead
from fanzha.processes.log.checker import Q, signature_fits

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()


def anchor(sizes: list[int], since: int = 0) -> Anchor:
    log = written(sizes)
    heads = [closed.batch.head for closed in log][since:]
    return sign_statement(
        build_statement(IDENTITY, end_of(log), since, heads, 1_772_323_200_000), PUBLIC.hex(), PRIVATE.sign
    )


def test_a_line_reads_as_what_was_signed() -> None:
    made = anchor([1, 2, 1], since=1)
    assert parse_anchor(made.line, signature_fits) == made
    assert made.line.startswith(f"fanzha-anchor:1:{IDENTITY}:3:{made.statement.head}:1:")
    assert "\n" not in made.line


@given(st.data())
def test_no_character_of_a_line_can_be_changed(data: st.DataObject) -> None:
    line = anchor([1, 2]).line
    index = data.draw(st.integers(0, len(line) - 1))
    character = data.draw(st.sampled_from("0123456789abcdef:x "))
    changed = line[:index] + character + line[index + 1 :]
    if changed.strip() != line:
        with pytest.raises(NoAnchor):
            parse_anchor(changed, signature_fits)


def test_a_span_that_does_not_reach_from_anchor_to_end_is_refused() -> None:
    with pytest.raises(ValueError, match="a span begins"):
        build_statement(IDENTITY, BatchHead(3, "aa" * 32), 1, ["aa" * 32], 0)


def fits(key: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511), st.booleans())
def test_the_short_checker_agrees_with_openssl(seed: bytes, text: bytes, bit: int, flip: bool) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = private.public_key().public_bytes_raw(), bytearray(private.sign(text))
    assert signature_fits(key, bytes(signature), text) and fits(key, bytes(signature), text)
    signature[bit // 8] ^= 1 << bit % 8
    assert not signature_fits(key, bytes(signature), text) and not fits(key, bytes(signature), text)
    assert not signature_fits(key, private.sign(text), text + b"x")


def test_signatures_that_are_none_are_refused() -> None:
    signature = PRIVATE.sign(b"x")
    larger = signature[:32] + (int.from_bytes(signature[32:], "little") + Q).to_bytes(32, "little")
    assert not signature_fits(PUBLIC, larger, b"x"), "one signature has one form"
    assert not signature_fits(PUBLIC[:31], signature, b"x")
    assert not signature_fits(PUBLIC, signature[:63], b"x")
    assert not signature_fits(b"\xff" * 32, signature, b"x"), "no point of the curve"

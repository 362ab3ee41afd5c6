"""Signatures hold for what was signed and by whom, while keys change too, and no error tells a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dispose.keys import OLD, OURS, PRIVATE, PUBLIC, THEIRS

from fanzha.dispose import UnverifiedMessage, private_key, shared_secret
from fanzha.dispose._signing import sign, verify


def test_a_signature_is_that_of_the_standard() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signed = b'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}'
    assert sign(signed, [secret]) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_what_was_signed_holds_and_nothing_else_does(signed: bytes, other: bytes) -> None:
    for ours, known in ((OURS, OURS), (PRIVATE, PUBLIC)):
        made = sign(signed, [ours])
        verify(signed, made, [known])
        if other != signed:
            with pytest.raises(UnverifiedMessage):
                verify(other, made, [known])


def test_both_keys_hold_while_they_change() -> None:
    both = sign(b"x", [OURS, OLD, PRIVATE])
    for known in (OURS, OLD, PUBLIC):
        verify(b"x", both, [THEIRS, known])
    with pytest.raises(UnverifiedMessage):
        verify(b"x", both, [THEIRS])
    with pytest.raises(UnverifiedMessage):
        verify(b"x", both, [])


@given(st.text(max_size=300))
def test_whatever_stands_for_a_signature_does_not_hold(signatures: str) -> None:
    for known in (OURS, PUBLIC):
        with pytest.raises(UnverifiedMessage):
            verify(b"x", signatures, [known])
        with pytest.raises(UnverifiedMessage):
            verify(b"x", f"v1a,{signatures} v1,{signatures}", [known])


@pytest.mark.parametrize("key", ["", "whsec_c2hvcnQ=", "whsec_!!!!", "plain", "whsk_c2hvcnQ=", PUBLIC])
def test_what_is_no_key_is_refused_without_being_told(key: str) -> None:
    with pytest.raises(ValueError) as caught:
        sign(b"x", [key])
    assert not key or key not in str(caught.value)


def test_nothing_goes_out_unsigned() -> None:
    with pytest.raises(ValueError, match="no key"):
        sign(b"x", [])


def test_keys_are_as_long_as_they_must_be() -> None:
    for made, size in ((shared_secret, 23), (shared_secret, 65), (private_key, 31)):
        with pytest.raises(ValueError):
            made(bytes(size))

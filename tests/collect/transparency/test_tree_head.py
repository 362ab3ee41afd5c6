"""Tree heads count only with the signature of the log's key, in both forms."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.log_server import ORIGIN, MadeLog
from tests.collect.made_certificates import MadeEntry

from fanzha.collect.transparency.tree_head import (
    HeadInvalid,
    LogKey,
    TreeHead,
    head_message,
    read_checkpoint,
    read_signed_head,
)


@pytest.fixture(scope="module", params=["ecdsa", "ed25519"])
def made(request: pytest.FixtureRequest) -> MadeLog:
    log = MadeLog(key=request.param)
    for number in range(5):
        log.add_entry(MadeEntry(False, str(number).encode(), b""), ())
    log.publish()
    return log


def test_both_forms_say_the_same(made: MadeLog) -> None:
    key = LogKey(made.spki)
    assert key.log_id == made.log_id
    asked, published = read_signed_head(made.signed_head(), key), read_checkpoint(made.checkpoint(), key, ORIGIN)
    assert asked[:3] == published[:3] == (5, made.tree_hash(0, 5), asked.signed_at)


def test_a_changed_head_is_refused(made: MadeLog) -> None:
    key, fields = LogKey(made.spki), json.loads(made.signed_head())
    other = base64.b64encode(bytes(32)).decode()
    for change in ({"tree_size": 6}, {"timestamp": 1}, {"sha256_root_hash": other}, {"tree_head_signature": "AAAA"},
                   {"tree_size": 1 << 60}, {"sha256_root_hash": "AA"}, {"tree_size": "x"}):  # fmt: skip
        with pytest.raises(HeadInvalid):
            read_signed_head(json.dumps({**fields, **change}).encode(), key)
    with pytest.raises(HeadInvalid):
        read_signed_head(made.signed_head(), LogKey(MadeLog().spki))


def test_a_changed_checkpoint_is_refused(made: MadeLog) -> None:
    key, text = LogKey(made.spki), made.checkpoint().decode()
    for changed in (
        text.replace("\n5\n", "\n6\n"),
        text.replace("\n5\n", "\n05\n"),
        text.replace("\n\n", "\nextension\n\n"),
        text.replace(f"— {ORIGIN} ", "— other "),
        text.split("\n\n")[0],
        "",
    ):
        with pytest.raises(HeadInvalid):
            read_checkpoint(changed.encode(), key, ORIGIN)
    with pytest.raises(HeadInvalid, match="another log"):
        read_checkpoint(text.encode(), key, "log.example/other")


@given(st.binary(max_size=300))
def test_garbage_is_refused(data: bytes) -> None:
    key = LogKey(_KEY)
    with pytest.raises(HeadInvalid):
        read_signed_head(data, key)
    with pytest.raises(HeadInvalid):
        read_checkpoint(data, key, ORIGIN)


_KEY = MadeLog().spki


def test_rsa_keys_sign_too_and_keys_that_cannot_sign_are_refused() -> None:
    private = rsa.generate_private_key(65_537, 2_048)
    key = LogKey(private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    message = head_message(TreeHead(1, bytes(32), 2, b""))
    signature = private.sign(message, padding.PKCS1v15(), SHA256())
    assert key.is_signed(message, b"\x04\x01" + len(signature).to_bytes(2) + signature)
    assert not key.is_signed(message, b"\x04\x03" + len(signature).to_bytes(2) + signature)
    assert not key.is_signed(message, b"\x04\x01" + signature)
    exchange = x25519.X25519PrivateKey.generate().public_key()
    with pytest.raises(ValueError):
        LogKey(exchange.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(ValueError):
        LogKey(b"no key")
    assert isinstance(MadeLog().key, ec.EllipticCurvePrivateKey)

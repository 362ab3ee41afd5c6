"""A jCard is signed so that a caller can verify it by the certificate that it names (RFC 8688 §3.2)."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fanzha.base.errors import UsageError
from fanzha.screen.sip.jws_card import CardSigner, jcard, load_signing_key

CARD = jcard(name="Redress", url="https://redress.example", tel="+861000000000", email="a@carrier.example")


def write_key(path: Path, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, mode: int = 0o600) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(mode)
    return path


def test_another_library_verifies_the_card(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    signer = CardSigner(load_signing_key(write_key(tmp_path / "key.pem", key)), "https://redress.example/key.cer", CARD)
    for issued_at in range(1_546_008_698, 1_546_008_698 + 20):  # numbers of a signature may begin with zeros
        token = signer.sign(issued_at)
        payload = jwt.decode(token, key.public_key(), algorithms=["ES256"], options={"verify_iat": False})
        assert payload == {"iat": issued_at, "jcard": CARD}
    assert jwt.get_unverified_header(token) == {
        "alg": "ES256",
        "typ": "vcard+json",
        "x5u": "https://redress.example/key.cer",
    }


def test_a_card_names_what_there_is() -> None:
    assert jcard(name="R", url="", tel="+861000000000", email="") == [
        "vcard",
        [
            ["version", {}, "text", "4.0"],
            ["fn", {}, "text", "R"],
            ["tel", {"type": "work"}, "uri", "tel:+861000000000"],
        ],
    ]


def test_a_card_is_plain_json(tmp_path: Path) -> None:
    signer = CardSigner(ec.generate_private_key(ec.SECP256R1()), "https://redress.example/key.cer", CARD)
    payload = signer.sign(1).split(".")[1]
    assert json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iat"] == 1


def test_a_key_that_cannot_sign_is_named_with_its_fix(tmp_path: Path) -> None:
    p384 = write_key(tmp_path / "p384.pem", ec.generate_private_key(ec.SECP384R1()))
    ed = write_key(tmp_path / "ed.pem", ed25519.Ed25519PrivateKey.generate())
    shown = write_key(tmp_path / "shown.pem", ec.generate_private_key(ec.SECP256R1()), 0o644)
    (tmp_path / "junk.pem").write_text("junk")
    (tmp_path / "junk.pem").chmod(0o600)
    for path, text in (
        (p384, "no key of the curve P-256"),
        (ed, "no key of the curve P-256"),
        (shown, "can be read by others"),
        (tmp_path / "junk.pem", "junk.pem"),
        (tmp_path / "none.pem", "none.pem"),
    ):
        with pytest.raises(UsageError, match=text) as caught:
            load_signing_key(path)
        assert caught.value.fix

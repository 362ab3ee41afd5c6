"""Signed tree heads: answers of `get-sth` (RFC 6962, 4.3) and checkpoints (c2sp.org/static-ct-api)."""

import base64
import binascii
from hashlib import sha256
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

#: Hash and signature algorithm of a digitally signed struct (RFC 5246, 7.4.1.4.1; Ed25519: RFC 8422).
_ECDSA, _RSA, _ED25519 = b"\x04\x03", b"\x04\x01", b"\x08\x07"
_NOTE_SIGNATURE_TYPE = b"\x05"
MAX_SIZE = 1 << 40


class HeadInvalid(Exception):
    """The log answered with something that is no tree head signed with its key."""


class TreeHead(NamedTuple):
    """A verified tree head; `signed_at` is UTC milliseconds, `raw` the answer of the log, kept as evidence."""

    size: int
    root: bytes
    signed_at: int
    raw: bytes


class LogKey:
    """The public key of a log; its hash identifies the log."""

    def __init__(self, spki: bytes) -> None:
        """Load a SubjectPublicKeyInfo in DER. Raise ValueError if it is no key of a known sort."""
        try:
            key = load_der_public_key(spki)
        except UnsupportedAlgorithm as error:
            raise ValueError(str(error)) from None
        if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
            raise ValueError("logs sign with ECDSA, RSA or Ed25519")
        self._key = key
        self.log_id = sha256(spki).digest()

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Return whether a digitally signed struct is of this key."""
        algorithm, length, value = signature[:2], int.from_bytes(signature[2:4]), signature[4:]
        if len(value) != length:
            return False
        try:
            if isinstance(self._key, ec.EllipticCurvePublicKey) and algorithm == _ECDSA:
                self._key.verify(value, message, ec.ECDSA(hashes.SHA256()))
            elif isinstance(self._key, rsa.RSAPublicKey) and algorithm == _RSA:
                self._key.verify(value, message, padding.PKCS1v15(), hashes.SHA256())
            elif isinstance(self._key, ed25519.Ed25519PublicKey) and algorithm == _ED25519:
                self._key.verify(value, message)
            else:
                return False
        except InvalidSignature:
            return False
        return True


class _SignedHead(msgspec.Struct):
    tree_size: int
    timestamp: int
    sha256_root_hash: str
    tree_head_signature: str


def read_signed_head(raw: bytes, key: LogKey) -> TreeHead:
    """Read an answer of `get-sth`. Raise HeadInvalid if it is malformed or not signed with the key."""
    try:
        answer = msgspec.json.decode(raw, type=_SignedHead)
        root = base64.b64decode(answer.sha256_root_hash, validate=True)
        signature = base64.b64decode(answer.tree_head_signature, validate=True)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise HeadInvalid(f"the tree head is malformed: {error}") from None
    return _verified(TreeHead(answer.tree_size, root, answer.timestamp, raw), signature, key)


def read_checkpoint(raw: bytes, key: LogKey, origin: str) -> TreeHead:
    """Read a checkpoint of `origin`. Raise HeadInvalid if it is malformed or not signed with the key."""
    try:
        text, _, signatures = raw.decode("utf-8").rpartition("\n\n")
        named, size, root, *extensions = text.split("\n")
        head = TreeHead(_decimal(size), base64.b64decode(root, validate=True), 0, raw)
        if named != origin or extensions:
            raise HeadInvalid("the checkpoint is of another log")
        signed = [line.split(" ")[2] for line in signatures.split("\n") if line.startswith(f"— {origin} ")]
        bodies = [base64.b64decode(line, validate=True) for line in signed]
    except (ValueError, IndexError) as error:
        raise HeadInvalid(f"the checkpoint is malformed: {error}") from None
    key_id = sha256(origin.encode() + b"\n" + _NOTE_SIGNATURE_TYPE + key.log_id).digest()[:4]
    for body in bodies:
        if body[:4] == key_id and len(body) > 12:
            return _verified(head._replace(signed_at=int.from_bytes(body[4:12])), body[12:], key)
    raise HeadInvalid("the checkpoint has no signature of the log's key")


def _verified(head: TreeHead, signature: bytes, key: LogKey) -> TreeHead:
    if not 0 <= head.size < MAX_SIZE or not 0 <= head.signed_at < 1 << 63 or len(head.root) != 32:
        raise HeadInvalid("the tree head has an impossible size, time or root")
    if not key.is_signed(head_message(head), signature):
        raise HeadInvalid("the signature of the tree head is not of the log's key")
    return head


def head_message(head: TreeHead) -> bytes:
    """Return what the signature of a tree head covers (RFC 6962, 3.5)."""
    return b"\x00\x01" + head.signed_at.to_bytes(8) + head.size.to_bytes(8) + head.root


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or (text[0] == "0" and text != "0"):
        raise ValueError("the size is no number")
    return int(text)

"""Secrets of backups: from a pass phrase, for the public key of a recipient, or from the key of the installation.

Every archive has its own secret. Its header says how the secret is derived:

- `passphrase`: scrypt (RFC 7914) with N 2^17, r 8, p 1 (128 MiB) and a random salt.
- `recipient`: HKDF-SHA256 over two X25519 exchanges (RFC 7748), ephemeral key with recipient and installation with
  recipient, like DHKEM AuthEncap of RFC 9180. The ephemeral key is discarded, so the installation cannot read its own
  archives; the second exchange proves to the recipient which installation wrote them.
- `plain`: HKDF-SHA256 over the key `keys/backups` of the installation and a random salt. The contents are readable.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from fanzha.base.errors import UsageError
from fanzha.store.keys import load_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

KEY_NAME = "backups"  # in `keys/` of the state folder
MIN_PASSPHRASE_LENGTH = 12  # characters
RECIPIENT, IDENTITY, SENDER = "fzbr_", "fzbi_", "fzbs_"  # prefixes of keys written as text
_SALT_BYTES = 16
_CHECKSUM_BYTES = 4
_SCRYPT = (1 << 17, 8, 1)
_MAX_SCRYPT_N = 1 << 18  # 256 MiB: a forged header must not exhaust the memory


class PassphraseHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="passphrase"):
    """The archive is encrypted with a pass phrase."""

    salt: bytes
    n: int
    r: int
    p: int


class RecipientHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="recipient"):
    """The archive is encrypted for a recipient. The fields are X25519 public keys."""

    recipient: bytes
    sender: bytes
    ephemeral: bytes


class PlainHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="plain"):
    """The archive is readable, and authenticated by the key of the installation."""

    salt: bytes


Header = PassphraseHeader | RecipientHeader | PlainHeader


class ArchiveKey(NamedTuple):
    """The secret of one archive, and the header with the parameters to derive it."""

    header: Header
    secret: bytes


@dataclass(frozen=True)
class Credentials:
    """What the operator gives to open an archive."""

    passphrase: str = ""
    identity: str = ""  # private key of the recipient, as text
    sender: str = ""  # public key of the installation that wrote the archive, as text
    keys_from: Path | None = None  # state folder whose keys authenticate a plain archive
    accept_unauthenticated: bool = False


def passphrase_key(passphrase: str) -> ArchiveKey:
    """Return a new key from a pass phrase."""
    header = PassphraseHeader(secrets.token_bytes(_SALT_BYTES), *_SCRYPT)
    return ArchiveKey(header, _derive_scrypt(passphrase, header))


def recipient_key(recipient: str, folder: Path) -> ArchiveKey:
    """Return a new key for a recipient. `folder` is the state folder of the sender. Raise UsageError."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    public = decode_key(RECIPIENT, recipient)
    sender, ephemeral = _sender_key(folder), X25519PrivateKey.generate()
    header = RecipientHeader(public, sender.public_key().public_bytes_raw(), ephemeral.public_key().public_bytes_raw())
    return ArchiveKey(header, _combine(header, _exchange(ephemeral, public), _exchange(sender, public)))


def plain_key(folder: Path) -> ArchiveKey:
    """Return a new key that authenticates a readable archive, from the key of the installation."""
    header = PlainHeader(secrets.token_bytes(_SALT_BYTES))
    return ArchiveKey(header, _expand(load_key(KEY_NAME, folder) + header.salt, b"plain"))


def derive_secret(header: Header, credentials: Credentials, path: Path) -> bytes:
    """Return the secret of an archive. It is empty for a plain archive if this installation has no key for backups.

    Raise UsageError if the credentials are not those that the archive needs.
    """
    if isinstance(header, PassphraseHeader):
        if not credentials.passphrase:
            raise UsageError(
                f"{path} 以口令加密 is encrypted with a pass phrase",
                fix="用 --passphrase 指定口令文件 give --passphrase with the file that holds it",
            )
        return _derive_scrypt(credentials.passphrase, header, path)
    if isinstance(header, RecipientHeader):
        return _open_for_recipient(header, credentials, path)
    folder = credentials.keys_from
    if folder is None or not (folder / "keys" / KEY_NAME).exists():
        return b""
    return _expand(load_key(KEY_NAME, folder) + header.salt, b"plain")


def _open_for_recipient(header: RecipientHeader, credentials: Credentials, path: Path) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    if not credentials.identity:
        raise UsageError(
            f"{path} 为接收方公钥加密 is encrypted for {encode_key(RECIPIENT, header.recipient)}",
            fix="用 --identity 指定其私钥文件 give --identity with the file that holds its private key",
        )
    private = X25519PrivateKey.from_private_bytes(decode_key(IDENTITY, credentials.identity))
    own = private.public_key().public_bytes_raw()
    if own != header.recipient:
        raise UsageError(
            f"{path} 为另一接收方加密 is encrypted for {encode_key(RECIPIENT, header.recipient)}, not for"
            f" {encode_key(RECIPIENT, own)}",
            fix="请用该接收方的私钥文件 give --identity with its private key",
        )
    if not credentials.sender:
        raise UsageError(
            f"{path} 的来源未核对：接收方公钥不保密，任何人都能用它写备份 its origin is not checked: anybody who has"
            " the recipient's public key can write an archive for it",
            fix="用 --sender 给出备份当时记下的来源（fanzha backup-key sender） give --sender with the key that was"
            " noted when backups were set up (`fanzha backup-key sender` prints it on the site)",
        )
    if decode_key(SENDER, credentials.sender) != header.sender:
        raise UsageError(
            f"{path} 并非来自该来源 does not come from this sender, but says {encode_key(SENDER, header.sender)}",
            fix="与备份当时记下的来源核对；不符则勿恢复 compare with the sender noted when backups were set up; do not"
            " restore it if they differ",
        )
    return _combine(header, _exchange(private, header.ephemeral), _exchange(private, header.sender))


def sender_public_key(folder: Path) -> str:
    """Return the public key under which this installation writes archives for recipients."""
    return encode_key(SENDER, _sender_key(folder).public_key().public_bytes_raw())


def new_identity() -> tuple[str, str]:
    """Return a new private key and its public key, as text."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = X25519PrivateKey.generate()
    return encode_key(IDENTITY, private.private_bytes_raw()), encode_key(
        RECIPIENT, private.public_key().public_bytes_raw()
    )


def read_passphrase(path: Path) -> str:
    """Read a pass phrase from a file. Raise UsageError if other users can read the file, or if the phrase is short."""
    passphrase = read_private_text(path)
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        raise UsageError(
            f"{path}: 口令至少 {MIN_PASSPHRASE_LENGTH} 个字符 a pass phrase has {MIN_PASSPHRASE_LENGTH} characters or"
            " more",
            fix="请改用更长的口令 write a longer one",
        )
    return passphrase


def read_private_text(path: Path) -> str:
    """Return the text of a file. Raise UsageError if other users can read it."""
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(f"{path} 可被他人读取 can be read by others", fix=f"chmod 600 {path}")
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(f"{path} 无法读取 cannot be read ({reason})") from None


def encode_key(prefix: str, key: bytes) -> str:
    """Return a key as text with a checksum."""
    return prefix + urlsafe_b64encode(key + _checksum(prefix, key)).decode()


def decode_key(prefix: str, text: str) -> bytes:
    """Return the 32 bytes of a key written as text. Raise UsageError if it is mistyped or of another sort."""
    try:
        decoded = urlsafe_b64decode(text.removeprefix(prefix))
    except ValueError:
        decoded = b""
    key = decoded[:-_CHECKSUM_BYTES]
    if not text.startswith(prefix) or len(key) != 32 or decoded[-_CHECKSUM_BYTES:] != _checksum(prefix, key):
        raise UsageError(
            f"密钥有误，应以 {prefix} 开头 this is no key that begins with {prefix}, or it is mistyped",
            fix="请重新复制整行 copy the whole line again",
        )
    return key


def _checksum(prefix: str, key: bytes) -> bytes:
    return sha256(prefix.encode() + key).digest()[:_CHECKSUM_BYTES]


def _sender_key(folder: Path) -> "X25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.from_private_bytes(_expand(load_key(KEY_NAME, folder), b"sender"))


def _exchange(private: "X25519PrivateKey", public: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:  # not 32 bytes, or a point of small order
        raise UsageError(
            "公钥无效 a public key of this backup is not valid", fix="请用另一份备份 take another copy of the backup"
        ) from None


def _combine(header: RecipientHeader, *shared: bytes) -> bytes:
    return _expand(b"".join(shared), b"recipient" + header.ephemeral + header.recipient + header.sender)


def _expand(key: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes that HKDF-SHA256 derives from a key for one purpose."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=None, info=b"fanzha backup 2 " + purpose).derive(key)


def _derive_scrypt(passphrase: str, header: PassphraseHeader, path: Path | None = None) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    if not 1 << 15 <= header.n <= _MAX_SCRYPT_N or header.n & (header.n - 1) or (header.r, header.p) != _SCRYPT[1:]:
        raise UsageError(
            f"{path}: 文件头已损坏或被改动 its header is damaged or was changed",
            fix="请用另一份备份 take another copy of the backup",
        )
    return Scrypt(salt=header.salt, length=32, n=header.n, r=header.r, p=header.p).derive(passphrase.encode())

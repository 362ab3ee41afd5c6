"""Fingerprint of a TLS server: JA3S, the MD5 of version, cipher and extensions of its ServerHello (Salesforce, BSD).

JA4S is not used: its licence (FoxIO 1.1) forbids commercial use.
"""

import hashlib
import struct

_HANDSHAKE, _SERVER_HELLO = 22, 2


def fingerprint_server_hello(data: bytes) -> str:
    """Return the JA3S of the first bytes that a server sent, "" if they are no complete ServerHello."""
    try:
        return _fingerprint(data)
    except (struct.error, IndexError):
        return ""


def _fingerprint(data: bytes) -> str:
    kind, _, record_size = struct.unpack_from(">BHH", data)
    if kind != _HANDSHAKE or data[5] != _SERVER_HELLO or len(data) < 5 + record_size:
        return ""
    (version,) = struct.unpack_from(">H", data, 9)
    position = 43  # record header, handshake header, version, random
    position += 1 + data[position]  # session id
    cipher, _, extensions_size = struct.unpack_from(">HBH", data, position)
    position += 5
    end, extensions = position + extensions_size, []
    while position < end:
        extension, size = struct.unpack_from(">HH", data, position)
        extensions.append(extension)
        position += 4 + size
    text = f"{version},{cipher},{'-'.join(map(str, extensions))}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

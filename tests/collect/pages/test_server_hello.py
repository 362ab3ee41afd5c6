"""The fingerprint of a TLS server is the published JA3S of its ServerHello; damaged bytes have none."""

import hashlib
import struct

import pytest

from fanzha.collect.pages.server_hello import fingerprint_server_hello


def server_hello(extensions: tuple[int, ...] = (43, 51)) -> bytes:
    listed = b"".join(struct.pack(">HHH", kind, 2, 0) for kind in extensions)
    body = struct.pack(">H32sB", 0x0303, bytes(32), 0) + struct.pack(">HBH", 4865, 0, len(listed)) + listed
    handshake = bytes([2]) + len(body).to_bytes(3, "big") + body
    return struct.pack(">BHH", 22, 0x0303, len(handshake)) + handshake


def test_version_cipher_and_extensions_are_hashed() -> None:
    assert fingerprint_server_hello(server_hello()) == hashlib.md5(b"771,4865,43-51").hexdigest()
    assert fingerprint_server_hello(server_hello() + b"more") == fingerprint_server_hello(server_hello())


@pytest.mark.parametrize("size", range(0, 60, 3))
def test_a_part_of_it_has_none(size: int) -> None:
    assert fingerprint_server_hello(server_hello()[:size]) == ""


def test_other_bytes_have_none() -> None:
    assert fingerprint_server_hello(b"HTTP/1.1 200 OK\r\n\r\n") == ""

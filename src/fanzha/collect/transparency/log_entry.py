"""Entries of a log: leaves of the tree (RFC 6962, 3.4) and rows of data tiles (c2sp.org/static-ct-api)."""

from typing import NamedTuple

from fanzha.collect.transparency.certificate_names import CertificateMalformed, certificate_names, tbs_names

_CERTIFICATE, _PRECERTIFICATE = b"\x00\x00", b"\x00\x01"
_HEADER = 10  # time stamp and entry type
_ISSUER_KEY_HASH = 32
_LEAF_HEADER = b"\x00\x00"  # version v1, timestamped entry


class TileMalformed(ValueError):
    """The bytes are no data tile."""


class CertificateNames(NamedTuple):
    """The host names of an entry as written, and when the log took it (UTC milliseconds)."""

    names: list[bytes]
    logged_at: int
    is_precertificate: bool


def read_leaf(leaf: bytes) -> CertificateNames:
    """Return the names of a leaf. Raise CertificateMalformed if there is no certificate in it."""
    if leaf[:2] != _LEAF_HEADER or len(leaf) < 2 + _HEADER + 3:
        raise CertificateMalformed("the leaf is of an unknown version")
    logged_at, kind, at = int.from_bytes(leaf[2:10]), leaf[10:12], 12
    is_precertificate = kind == _PRECERTIFICATE
    if is_precertificate:
        at += _ISSUER_KEY_HASH
    elif kind != _CERTIFICATE:
        raise CertificateMalformed("the entry is of an unknown type")
    certificate = leaf[at + 3 : at + 3 + int.from_bytes(leaf[at : at + 3])]
    names = tbs_names(certificate) if is_precertificate else certificate_names(certificate)
    return CertificateNames(names, logged_at, is_precertificate)


def split_tile(tile: bytes) -> list[bytes]:
    """Return the leaves of a data tile. Raise TileMalformed if it does not consist of whole entries."""
    leaves, at = [], 0
    while at < len(tile):
        first, kind = at, tile[at + 8 : at + 10]
        at += _HEADER
        if kind == _PRECERTIFICATE:
            at += _ISSUER_KEY_HASH
        elif kind != _CERTIFICATE:
            raise TileMalformed("an entry is of an unknown type")
        at = _after(tile, _after(tile, at, 3), 2)  # certificate, extensions
        leaves.append(_LEAF_HEADER + tile[first:at])
        if kind == _PRECERTIFICATE:
            at = _after(tile, at, 3)
        at = _after(tile, at, 2)  # fingerprints of the chain
    return leaves


def _after(tile: bytes, at: int, width: int) -> int:
    """Return where a vector with a length of `width` bytes ends."""
    end = at + width + int.from_bytes(tile[at : at + width])
    if at + width > len(tile) or end > len(tile):
        raise TileMalformed("an entry is longer than the tile")
    return end

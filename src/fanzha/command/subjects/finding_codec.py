"""Compress the texts of findings: reasons and evidence of one finding take up to ten kilobytes."""

from functools import cache

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.claims.finding_summary import summarize_finding

_HEADER = 4  # bytes that hold the uncompressed size
_encode = msgspec.msgpack.Encoder().encode


class FindingTexts(msgspec.Struct, frozen=True, array_like=True):
    """Sentence, reasons, public texts and legal basis of a finding, and its evidence as a JSON object.

    Role and maturity stand here too, so that the digest of the row covers them. Role, maturity and sentence are "" in
    rows of earlier versions.
    """

    reasons_zh: tuple[str, ...] = ()
    reasons_en: tuple[str, ...] = ()
    public_zh: str = ""
    public_en: str = ""
    basis: str = ""
    event_ids: tuple[str, ...] = ()
    evidence: str = "{}"
    role: str = ""
    maturity: str = ""
    sentence_zh: str = ""
    sentence_en: str = ""

    @property
    def summary(self) -> Words:
        """The sentence of the finding, or the first reason if it has none."""
        return summarize_finding(Words(self.sentence_zh, self.sentence_en), self.reasons_zh, self.reasons_en)


_decode = msgspec.msgpack.Decoder(FindingTexts).decode


@cache
def _codec() -> pa.Codec:
    """Return LZ4: a third of the size in 0.01 ms; codecs with a better ratio take four times as long."""
    return pa.Codec("lz4_raw")


def pack(detail: FindingTexts) -> bytes:
    """Return the compressed bytes to store."""
    plain = _encode(detail)
    return len(plain).to_bytes(_HEADER, "big") + bytes(_codec().compress(plain, asbytes=True))


def unpack(packed: bytes | memoryview) -> FindingTexts:
    """Decompress stored bytes; empty bytes yield empty texts."""
    data = bytes(packed)
    if not data:
        return FindingTexts()
    size = int.from_bytes(data[:_HEADER], "big")
    return _decode(_codec().decompress(data[_HEADER:], size, asbytes=True))

"""Draw a sample that anybody can repeat from its record: SHA-256 of seed and candidate gives the order."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

#: How the order comes about; part of every record.
METHOD = "candidates in ascending order of SHA-256(seed + ':' + ref), UTF-8; the first are drawn"


class FieldDraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The draw of one field: all candidates with their names by ref, those left out with the reason, and the result."""

    candidates: dict[str, str]
    excluded: dict[str, str]
    drawn: tuple[str, ...]


class DrawRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record of one draw. Its file is JSON; the SHA-256 of the file is evidence of the step."""

    process: str
    event: str
    seed: str
    method: str
    fields: dict[str, FieldDraw]


def draw(seed: str, candidates: Iterable[str], count: int) -> tuple[str, ...]:
    """Return `count` candidates in the order that the seed gives them; their own order does not matter."""
    return tuple(sorted(set(candidates), key=lambda ref: sha256(f"{seed}:{ref}".encode()).hexdigest())[:count])


def encode_record(record: DrawRecord) -> bytes:
    """Return the file of a record."""
    return msgspec.json.format(msgspec.json.encode(record, order="sorted"), indent=1)


def differing_fields(content: bytes) -> list[str]:
    """Draw a record again; return the fields whose result differs. Raise msgspec.ValidationError for another file."""
    record = msgspec.json.decode(content, type=DrawRecord)
    if record.method != METHOD:
        raise msgspec.ValidationError(f"the record was drawn by another method: {record.method}")
    return [
        name
        for name, field in record.fields.items()
        if draw(record.seed, field.candidates.keys() - field.excluded.keys(), len(field.drawn)) != field.drawn
    ]

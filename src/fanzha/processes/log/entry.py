"""Entries of the log: opaque ids, public facts, and commitments to personal values."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.merkle import leaf_hash

#: Low bits of a sequence number: the position in the batch. The high bits are the batch.
POSITION_BITS = 20
MAX_BATCH_ENTRIES = 1 << POSITION_BITS  # maximum number of entries in a batch


class Draft(NamedTuple):
    """An entry before its batch is closed. `facts` must not contain personal data."""

    kind: str  # stable identifier such as `transition` or `unmasking`, not displayed
    at: int  # UTC ms, time of the action
    actor: str  # opaque id; "" for the system
    organization: str  # ref
    process: str = ""  # ref of the process instance
    about: str = ""  # ref of another object: a campaign, a subject, an import
    facts: Mapping[str, object] = {}
    personal: tuple[Personal, ...] = ()


class SealedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a closed batch. Its leaf hashes its JSON, with the fields in this order.

    `step` counts the entries of one process instance from 1, so that a gap in a pack is detected; 0 without a process.
    """

    batch: int
    position: int
    at: int  # UTC ms
    kind: str
    actor: str
    organization: str = msgspec.field(name="organisation")
    process: str
    step: int
    about: str
    facts: msgspec.Raw  # an object
    personal: msgspec.Raw  # an object: name -> Committed

    @property
    def sequence_number(self) -> int:
        """Return the sequence number in the whole log."""
        return sequence_number(self.batch, self.position)

    @property
    def text(self) -> bytes:
        """Return the JSON that is hashed."""
        return encode(self)

    @property
    def leaf(self) -> bytes:
        """Return the hash of the leaf."""
        return leaf_hash(encode(self))


class PersonalCommitment(NamedTuple):
    """Public part of a personal field, written as an array of two."""

    person: str
    commitment: str  # hex


encode = msgspec.json.Encoder().encode
_committed = msgspec.json.Decoder(dict[str, PersonalCommitment])


def sequence_number(batch: int, position: int) -> int:
    """Return the sequence number of a position in a batch."""
    return batch << POSITION_BITS | position


def split_sequence_number(sequence_number: int) -> tuple[int, int]:
    """Return the batch and position of a sequence number."""
    return sequence_number >> POSITION_BITS, sequence_number & (MAX_BATCH_ENTRIES - 1)


def decode_commitments(personal: bytes | msgspec.Raw) -> dict[str, PersonalCommitment]:
    """Decode the personal fields of an entry. Raise msgspec.DecodeError if they are invalid."""
    return _committed.decode(personal)

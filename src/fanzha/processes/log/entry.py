"""One entry of the log: who did what, when, about what, in opaque ids and public facts; the personal committed to."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.merkle import leaf_hash

#: An entry's place in the whole log is one number: its batch and its position therein.
POSITION_BITS = 20
MAX_BATCH_ENTRIES = 1 << POSITION_BITS  # entries of one batch


class Draft(NamedTuple):
    """What somebody wants on record, before its batch is closed. `facts` hold nothing that tells of a person."""

    kind: str  # `transition`, `unmasking`: stable names, never shown
    at: int  # UTC ms, when it was done
    actor: str  # opaque id; "" for the system
    organisation: str  # ref
    process: str = ""  # ref of the process instance
    about: str = ""  # ref of what else it is about: a campaign, a subject, an import
    facts: Mapping[str, object] = {}
    personal: tuple[Personal, ...] = ()


class SealedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry as it is hashed: its JSON, in the order of these fields, is the leaf.

    `step` counts the entries of one process from 1, so that one left out of a pack is missed; 0 without a process.
    """

    batch: int
    position: int
    at: int  # UTC ms
    kind: str
    actor: str
    organisation: str
    process: str
    step: int
    about: str
    facts: msgspec.Raw  # an object
    personal: msgspec.Raw  # an object: name -> Committed

    @property
    def sequence_number(self) -> int:
        """Return where it stands in the whole log."""
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
    """What the public part says of a personal field; written as an array of two."""

    person: str
    commitment: str  # hex


encode = msgspec.json.Encoder().encode
_committed = msgspec.json.Decoder(dict[str, PersonalCommitment])


def sequence_number(batch: int, position: int) -> int:
    """Return the place in the whole log of a position in a batch."""
    return batch << POSITION_BITS | position


def split_sequence_number(sequence_number: int) -> tuple[int, int]:
    """Return batch and position of a place."""
    return sequence_number >> POSITION_BITS, sequence_number & (MAX_BATCH_ENTRIES - 1)


def decode_commitments(personal: bytes | msgspec.Raw) -> dict[str, PersonalCommitment]:
    """Read what an entry says of its personal fields. Raises msgspec.DecodeError."""
    return _committed.decode(personal)

"""A batch is what one transaction did: its entries under one Merkle root, chained to the batch before."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from fanzha.processes.log.commitment import Secret, canonical, commitment, hidden
from fanzha.processes.log.entry import MOST, Committed, Draft, SealedEntry, encode
from fanzha.processes.log.merkle import leaf_hash, root

_NO_FIELDS = msgspec.Raw(b"{}")


class SealedBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record of a batch: its JSON, in the order of these fields, is what the chain is made of."""

    number: int  # from 1, without a gap
    count: int  # entries
    root: str  # hex
    previous: str  # chain hash of the batch before; of the first: the identity of the log
    at: int  # UTC ms, when it was closed

    @property
    def text(self) -> bytes:
        """Return the JSON that is hashed."""
        return encode(self)

    @property
    def head(self) -> str:
        """Return the chain hash up to and with this batch, in hex. 0x02 keeps it apart from leaves and nodes."""
        return sha256(b"\2" + encode(self)).hexdigest()


class BatchHead(NamedTuple):
    """How far a log goes: all that is needed to go on."""

    number: int
    head: str  # chain hash in hex


class Closed(NamedTuple):
    """A batch with its entries, their leaves, and the secrets of each, to be kept apart."""

    batch: SealedBatch
    entries: list[SealedEntry]
    leaves: list[bytes]
    secrets: list[tuple[Secret, ...]]


def close(drafts: Sequence[Draft], before: BatchHead, at: int, steps: Mapping[str, int]) -> Closed:
    """Put drafts on record behind `before`. `steps` has the last step of each process that has one.

    Raises ValueError for none, or for more than one batch holds.
    """
    if not 0 < len(drafts) <= MOST:
        raise ValueError(f"a batch holds 1 to {MOST} entries, not {len(drafts)}")
    secrets = [_hidden(draft) if draft.personal else () for draft in drafts]
    number = before.number + 1
    entries = [
        SealedEntry(
            number,
            position,
            draft.at,
            draft.kind,
            draft.actor,
            draft.organisation,
            draft.process,
            step,
            draft.about,
            msgspec.Raw(canonical(dict(draft.facts))),
            _public(opening),
        )
        for position, (draft, opening, step) in enumerate(zip(drafts, secrets, _steps(drafts, steps), strict=True))
    ]
    leaves = [leaf_hash(encode(entry)) for entry in entries]
    return Closed(SealedBatch(number, len(entries), root(leaves).hex(), before.head, at), entries, leaves, secrets)


def _hidden(draft: Draft) -> tuple[Secret, ...]:
    return tuple(hidden(personal) for personal in sorted(draft.personal, key=lambda personal: personal.name))


def _public(secrets: tuple[Secret, ...]) -> msgspec.Raw:
    if not secrets:
        return _NO_FIELDS
    commitments = {
        secret.name: Committed(secret.person, commitment(secret.name, secret.salt, secret.value)) for secret in secrets
    }
    if len(commitments) < len(secrets):
        raise ValueError("two personal fields of one entry have the same name")
    return msgspec.Raw(canonical(commitments))


def _steps(drafts: Iterable[Draft], last: Mapping[str, int]) -> Iterable[int]:
    now = dict(last)
    for draft in drafts:
        if draft.process:
            now[draft.process] = now.get(draft.process, 0) + 1
        yield now.get(draft.process, 0) if draft.process else 0

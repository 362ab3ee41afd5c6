"""Batches of the log: the entries of one transaction under one Merkle root, chained to the batch before."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from fanzha.processes.log.commitment import Secret, canonical, commitment, seal_personal
from fanzha.processes.log.entry import MAX_BATCH_ENTRIES, Draft, PersonalCommitment, SealedEntry, encode
from fanzha.processes.log.merkle import leaf_hash, root

_NO_FIELDS = msgspec.Raw(b"{}")


class SealedBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Record of a batch. The chain hashes its JSON, with the fields in this order."""

    number: int  # from 1, without a gap
    count: int  # entries
    root: str  # hex
    previous: str  # chain hash of the batch before; for the first batch the identity of the log
    at: int  # UTC ms, time of closing

    @property
    def text(self) -> bytes:
        """Return the JSON that is hashed."""
        return encode(self)

    @property
    def head(self) -> str:
        """Return the chain hash up to this batch, in hex. The prefix 0x02 differs from leaves and nodes."""
        return sha256(b"\2" + encode(self)).hexdigest()


class BatchHead(NamedTuple):
    """End of a log: number and chain hash of its last batch."""

    number: int
    head: str  # chain hash in hex


class ClosedBatch(NamedTuple):
    """A batch with its entries, their leaves, and their secrets, which are stored separately."""

    batch: SealedBatch
    entries: list[SealedEntry]
    leaves: list[bytes]
    secrets: list[tuple[Secret, ...]]


def close_batch(drafts: Sequence[Draft], before: BatchHead, at: int, steps: Mapping[str, int]) -> ClosedBatch:
    """Close a batch of drafts after the batch `before`. `steps` has the last step number of each process instance.

    Raise ValueError for no drafts or more than `MAX_BATCH_ENTRIES`.
    """
    if not 0 < len(drafts) <= MAX_BATCH_ENTRIES:
        raise ValueError(f"a batch holds 1 to {MAX_BATCH_ENTRIES} entries, not {len(drafts)}")
    secrets = [_seal_fields(draft) if draft.personal else () for draft in drafts]
    number = before.number + 1
    entries = [
        SealedEntry(
            number,
            position,
            draft.at,
            draft.kind,
            draft.actor,
            draft.organization,
            draft.process,
            step,
            draft.about,
            msgspec.Raw(canonical(dict(draft.facts))),
            _commitments(opening),
        )
        for position, (draft, opening, step) in enumerate(
            zip(drafts, secrets, _step_numbers(drafts, steps), strict=True)
        )
    ]
    leaves = [leaf_hash(encode(entry)) for entry in entries]
    return ClosedBatch(SealedBatch(number, len(entries), root(leaves).hex(), before.head, at), entries, leaves, secrets)


def _seal_fields(draft: Draft) -> tuple[Secret, ...]:
    return tuple(seal_personal(personal) for personal in sorted(draft.personal, key=lambda personal: personal.name))


def _commitments(secrets: tuple[Secret, ...]) -> msgspec.Raw:
    if not secrets:
        return _NO_FIELDS
    commitments = {
        secret.name: PersonalCommitment(secret.person, commitment(secret.name, secret.salt, secret.value))
        for secret in secrets
    }
    if len(commitments) < len(secrets):
        raise ValueError("two personal fields of one entry have the same name")
    return msgspec.Raw(canonical(commitments))


def _step_numbers(drafts: Iterable[Draft], last_steps: Mapping[str, int]) -> Iterable[int]:
    steps = dict(last_steps)
    for draft in drafts:
        if draft.process:
            steps[draft.process] = steps.get(draft.process, 0) + 1
        yield steps.get(draft.process, 0) if draft.process else 0

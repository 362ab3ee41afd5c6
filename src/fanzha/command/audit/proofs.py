"""Prove log entries: their hashed form, the Merkle paths and anchors of their batches, and their personal values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import msgspec

from fanzha.command.audit.anchors import anchor_of, span_heads
from fanzha.command.audit.encryption import unseal, unwrap_key
from fanzha.command.audit.models import LogAnchor, LogBatch, LogEntry, PersonalField
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.batch import SealedBatch
from fanzha.processes.log.entry import SealedEntry, sequence_number, split_sequence_number
from fanzha.processes.log.pack import DisclosedEntry, ProvenBatch, prove_batch

_UNSCOPED = unscoped("the leaves of a batch do not depend on who asks")

_BATCHES_PER_QUERY = 500  # batches in one query
_ENTRIES_PER_QUERY = 500  # entries in one query
_MAX_LEAVES = 20_000  # in one query, and in memory


def to_sealed_entry(row: LogEntry) -> SealedEntry:
    """Return a row in the form that is hashed."""
    return SealedEntry(
        row.batch,
        row.position,
        row.at,
        row.kind,
        row.actor,
        row.organisation,
        row.process,
        row.step,
        row.about,
        msgspec.Raw(row.facts.encode()),
        msgspec.Raw(row.personal.encode()),
    )


def group_by_batch(rows: Iterable[LogEntry]) -> dict[int, list[SealedEntry]]:
    """Group entries by batch number."""
    batches: dict[int, list[SealedEntry]] = {}
    for row in rows:
        batches.setdefault(row.batch, []).append(to_sealed_entry(row))
    return batches


def prove_batches(entries: Mapping[int, Sequence[SealedEntry]]) -> Iterator[ProvenBatch]:
    """Yield each batch with its anchor and the Merkle paths of `entries`, which are grouped by batch number.

    All batches must be anchored. Raise ValueError if a batch is missing or was changed, NoAnchor for an invalid anchor.
    """
    heads = cache(span_heads)
    anchors = iter(LogAnchor.objects.filter(number__gte=min(entries)).order_by("number"))
    anchor_row = next(anchors)
    for batch, leaves in _with_leaves(sorted(entries)):
        while anchor_row.number < batch.number:
            anchor_row = next(anchors)
        yield prove_batch(batch, entries[batch.number], leaves, anchor_of(anchor_row), heads(anchor_row))


def decrypt_values(rows: Iterable[LogEntry]) -> Iterator[DisclosedEntry]:
    """Decrypt the personal values of entries, except those of erased persons. Raise UndecryptableValue."""
    places = [row.place for row in rows if row.personal != "{}"]
    for start in range(0, len(places), _ENTRIES_PER_QUERY):
        chunk = places[start : start + _ENTRIES_PER_QUERY]
        fields = PersonalField.objects.filter(entry__in=chunk).select_related("key")
        for field in fields.order_by("entry_id", "name"):
            if field.key.wrapped is not None:
                secret = unseal(
                    bytes(field.sealed), field.entry_id, field.name, field.key.person, unwrap_key(field.key)
                )
                yield DisclosedEntry(*split_sequence_number(field.entry_id), secret)


def _with_leaves(numbers: Sequence[int]) -> Iterator[tuple[SealedBatch, list[bytes]]]:
    """Yield batches with all their leaves, several per query. Raise ValueError for a missing batch."""
    for start in range(0, len(numbers), _BATCHES_PER_QUERY):
        chunk = numbers[start : start + _BATCHES_PER_QUERY]
        rows = LogBatch.objects.filter(number__in=in_list(chunk))
        batches = {row.number: SealedBatch(row.number, row.entries, row.root, row.previous, row.at) for row in rows}
        if missing := sorted(set(chunk) - batches.keys()):
            raise ValueError(f"batch {missing[0]} is gone")
        for portion in _portions([batches[number] for number in chunk]):
            # Read one place more than the batch has, to detect an entry that was added afterwards.
            places = [
                sequence_number(batch.number, position) for batch in portion for position in range(batch.count + 1)
            ]
            leaves: dict[int, list[bytes]] = {batch.number: [] for batch in portion}
            entries = _UNSCOPED.rows(LogEntry).filter(place__in=in_list(places)).order_by("place")
            for place, leaf in entries.values_list("place", "leaf"):
                leaves[split_sequence_number(place)[0]].append(bytes(leaf))
            yield from ((batch, leaves[batch.number]) for batch in portion)


def _portions(batches: Iterable[SealedBatch]) -> Iterator[list[SealedBatch]]:
    """Split batches into portions of at most `_MAX_LEAVES` leaves. A larger batch is a portion of its own."""
    portion: list[SealedBatch] = []
    for batch in batches:
        if portion and sum(member.count for member in portion) + batch.count > _MAX_LEAVES:
            yield portion
            portion = []
        portion.append(batch)
    if portion:
        yield portion

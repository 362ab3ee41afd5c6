"""A small log, as a table keeps it, made through the real closing of batches."""

from collections.abc import Sequence

from fanzha.processes.log.batch import BatchHead, ClosedBatch, close_batch
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import Draft, SealedEntry
from fanzha.processes.log.verification import LogFault, LogRow, LogVerifier, StoredBatch

IDENTITY = "5e" * 32
BEGAN = 1_772_323_200_000


def draft(number: int, process: str = "") -> Draft:
    """Make up what somebody did; every third names a person."""
    personal = (Personal("number", f"subject-{number}", f"+86170000{number:05}"),) if number % 3 == 0 else ()
    facts = {"event": "approved", "count": number, "备注": "示例"}
    return Draft(
        "transition", BEGAN + number, "person-1", "organisation-1", process, f"campaign-{number % 2}", facts, personal
    )


def written(sizes: Sequence[int]) -> list[ClosedBatch]:
    """Write batches of these sizes."""
    end, steps, found, count = BatchHead(0, IDENTITY), dict[str, int](), list[ClosedBatch](), 0
    for size in sizes:
        drafts = [draft(count + index, f"process-{index % 2}") for index in range(size)]
        closed = close_batch(drafts, end, BEGAN + 1_000 * len(found), steps)
        steps |= {entry.process: entry.step for entry in closed.entries}
        end, count = BatchHead(closed.batch.number, closed.batch.head), count + size
        found.append(closed)
    return found


def row(entry: SealedEntry, leaf: bytes) -> LogRow:
    """Lay an entry out as a table keeps it."""
    _, _, at, kind, actor, organisation, process, step, about, facts, personal = (
        getattr(entry, name) for name in SealedEntry.__struct_fields__
    )
    columns = bytes(facts).decode(), bytes(personal).decode()
    return LogRow(entry.sequence_number, at, kind, actor, organisation, process, step, about, *columns, leaf)


def tables(log: Sequence[ClosedBatch]) -> tuple[list[StoredBatch], list[LogRow]]:
    """Return both tables of a log."""
    batches = [
        StoredBatch(b.number, b.count, b.root, b.previous, b.at, b.head) for b in (closed.batch for closed in log)
    ]
    rows = [row(entry, leaf) for closed in log for entry, leaf in zip(closed.entries, closed.leaves, strict=True)]
    return batches, rows


def end_of(log: Sequence[ClosedBatch]) -> BatchHead:
    """Return where a log ends."""
    return BatchHead(log[-1].batch.number, log[-1].batch.head)


def faults(batches: Sequence[StoredBatch], rows: Sequence[LogRow], end: BatchHead | None) -> list[LogFault]:
    """Read both tables."""
    return list(LogVerifier(IDENTITY, expected_end=end).find_faults(batches, rows))

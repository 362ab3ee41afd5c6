"""What an input hands to continuous detection: events and rejects with the input's new position."""

from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import pyarrow as pa

from fanzha.read import Reject


class InputPosition(msgspec.Struct, frozen=True):
    """How far one file or stream has been read: bytes and lines of a text, or batches of a file read as a whole.

    `head` is the digest of the first `head_bytes` bytes, by which a file is recognised under another name.
    """

    name: str
    offset: int = 0  # bytes read; of a stream the last sequence number
    lines: int = 0
    head: str = ""
    head_bytes: int = 0
    batches: int = 0  # of a file that is read as a whole: batches taken while `offset` is 0
    size: int = 0
    changed_at: int = 0  # ns, time of the last change of a file that is read as a whole
    missing_since: int = 0  # UTC ms; 0 while the file is there


@dataclass(frozen=True)
class Arrival:
    """Events and rejects that one input delivered together; `positions` are the positions after them, by key."""

    source: str
    tables: dict[str, pa.RecordBatch] = field(default_factory=dict)
    rejects: tuple[Reject, ...] = ()
    positions: dict[str, InputPosition] = field(default_factory=dict)
    removed: tuple[str, ...] = ()  # keys of positions that are not needed any more

    @property
    def row_count(self) -> int:
        """The number of events."""
        return sum(batch.num_rows for batch in self.tables.values())


class WatchInput(Protocol):
    """One input of continuous detection."""

    def poll(self) -> list[Arrival]:
        """Return what has arrived since the last call, a bounded amount at once; never wait."""

    @property
    def is_caught_up(self) -> bool:
        """Whether the last `poll` took everything that was there."""

    @property
    def is_ended(self) -> bool:
        """Whether nothing can follow."""

    def acknowledge(self) -> None:
        """Everything that `poll` returned is on disk: the sender need not keep it."""

    def list_problems(self) -> dict[str, str]:
        """Return why files or streams are not read now, by their names."""

    def close(self) -> None:
        """Release files and connections."""

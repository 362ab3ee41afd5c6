"""What was planted, by whom, from when until when: the answer sheet, never an event."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa

from fanzha.simulate._columns import ArrowColumn, format_digits, format_phone_numbers
from fanzha.simulate._random import IntArray


class SimulatedRole(StrEnum):
    """What a subject is in the simulation."""

    FRAUD = "fraud"
    LOOK_ALIKE = "look_alike"
    ORDINARY = "ordinary"
    VICTIM = "victim"


#: One row a subject and actor. `actor` is who is found when the subject is (of a phone, card or device: the number it
#: calls with). `level` is null for the innocent; `gang` names those who act together. Times are UTC ms.
#: A victim's period ends when the harm is done: a warning after that is too late.
_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("subject_kind", pa.string(), nullable=False),
    pa.field("subject", pa.string(), nullable=False),
    pa.field("actor", pa.string(), nullable=False),
    pa.field("role", pa.string(), nullable=False),
    pa.field("scenario", pa.string(), nullable=False),
    pa.field("level", pa.int8()),
    pa.field("gang", pa.string(), nullable=False),
    pa.field("from_ms", pa.int64(), nullable=False),
    pa.field("until_ms", pa.int64(), nullable=False),
]
TRUTH_SCHEMA = pa.schema(_FIELDS, metadata={"fanzha.schema": "truth", "fanzha.version": "1"})


@dataclass(frozen=True)
class Truth:
    """Subjects of one kind and role; each has its own period, or all the same."""

    kind: str
    subjects: "IntArray | tuple[str, ...]"
    role: SimulatedRole
    from_ms: "IntArray | int"
    until_ms: "IntArray | int"
    actors: "IntArray | tuple[str, ...] | None" = None  # one a subject; None: the subjects themselves

    def to_record_batch(self, scenario: str, level: int | None, gang: str) -> pa.RecordBatch:
        """Return the rows."""
        rows = len(self.subjects)
        subjects = _to_texts(self.kind, self.subjects)
        columns = [
            pa.array([self.kind] * rows, pa.string()),
            subjects,
            subjects if self.actors is None else _to_texts("", self.actors),
            pa.array([self.role.value] * rows, pa.string()),
            pa.array([scenario] * rows, pa.string()),
            pa.array([level] * rows, pa.int8()),
            pa.array([gang] * rows, pa.string()),
            pa.array(np.broadcast_to(np.asarray(self.from_ms, np.int64), rows)),
            pa.array(np.broadcast_to(np.asarray(self.until_ms, np.int64), rows)),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=TRUTH_SCHEMA)


def _to_texts(kind: str, values: "IntArray | tuple[str, ...]") -> ArrowColumn:
    if isinstance(values, tuple):
        return pa.array(values, pa.string())
    return format_digits(values) if kind in ("sim_card", "device") else format_phone_numbers(values)


def build_truth_table(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """Return the rows of all scenarios as one table."""
    return pa.Table.from_batches(list(batches), schema=TRUTH_SCHEMA)

"""The ground truth of a simulation: planted subjects, their roles, actors and periods."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa

from fanzha.simulate._columns import ArrowColumn, format_digits, format_phone_numbers
from fanzha.simulate._random import IntArray


class SimulatedRole(StrEnum):
    """The role of a subject in the simulation."""

    FRAUD = "fraud"
    LOOK_ALIKE = "look_alike"
    ORDINARY = "ordinary"
    VICTIM = "victim"


#: One row per subject and actor. A finding on the subject counts as a finding on `actor`; the actor of a card or device
#: is the number it calls with. `level` is null for innocent subjects, and `gang` identifies subjects that act together.
#: Times are UTC ms. The period of a victim ends when the damage is done: a later warning is too late.
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
    """Subjects of one kind and role, with one period for all or one for each."""

    kind: str
    subjects: "IntArray | tuple[str, ...]"
    role: SimulatedRole
    from_ms: "IntArray | int"
    until_ms: "IntArray | int"
    actors: "IntArray | tuple[str, ...] | None" = None  # one per subject; None: each subject is its own actor

    def to_record_batch(self, scenario: str, level: int | None, gang: str) -> pa.RecordBatch:
        """Return the rows in `TRUTH_SCHEMA`."""
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
    """Return the rows of all scenarios as one table in `TRUTH_SCHEMA`."""
    return pa.Table.from_batches(list(batches), schema=TRUTH_SCHEMA)

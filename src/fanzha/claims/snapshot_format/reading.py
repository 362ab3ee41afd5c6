"""The sections of a snapshot file as arrays: what bases and deltas are made of."""

import msgspec
import numpy as np

from fanzha.claims.snapshot_format.container import File
from fanzha.claims.snapshot_format.hash_tables import Table
from fanzha.claims.snapshot_format.profiles import Rows


def read_profiles(file: File) -> tuple[Rows, list[str]]:
    """Return the profiles of a file and the words they name."""
    return file.words("profiles").view(np.int64), msgspec.msgpack.decode(file.packed("words"), type=list[str])


def read_table(file: File, name: str) -> Table:
    """Return a table of a file."""
    one = file.section(name)
    return Table(file.words(name), one.multiplier, one.places)

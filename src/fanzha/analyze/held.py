"""Add the holder period to findings on phone numbers: a reassigned number is another subject."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.claims import Finding
from fanzha.kinds.phone_number import KIND, Holders


def add_holder_periods(findings: Sequence[Finding], holders: Holders | None) -> list[Finding]:
    """Return the findings with `holder_from` where the holder of the number at `found_at` is known."""
    indices = [
        index
        for index, finding in enumerate(findings)
        if finding.subject_kind == KIND.name and finding.holder_from is None
    ]
    completed = list(findings)
    if holders is None or not indices:
        return completed
    numbers = pa.array([findings[index].subject for index in indices], pa.string())
    moments = np.array([findings[index].found_at for index in indices], np.int64)
    for index, holder_from in zip(indices, holders.holder_from(numbers, moments).to_pylist(), strict=True):
        if holder_from is not None:
            completed[index] = msgspec.structs.replace(findings[index], holder_from=holder_from)
    return completed

"""A number that was let again is another subject: a finding names the holder of its own moment."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.claims import Finding
from fanzha.kinds.phone_number import KIND, Holders


def held(found: Sequence[Finding], holders: Holders | None) -> list[Finding]:
    """Return the findings with the start of the holder period, where the subject is a number whose holder is known."""
    of_numbers = [nth for nth, one in enumerate(found) if one.subject_kind == KIND.name and one.holder_from is None]
    told = list(found)
    if holders is None or not of_numbers:
        return told
    numbers = pa.array([found[nth].subject for nth in of_numbers], pa.string())
    moments = np.array([found[nth].found_at for nth in of_numbers], np.int64)
    for nth, since in zip(of_numbers, holders.holder_from(numbers, moments).to_pylist(), strict=True):
        if since is not None:
            told[nth] = msgspec.structs.replace(found[nth], holder_from=since)
    return told

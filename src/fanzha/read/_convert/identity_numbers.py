"""Find resident identity numbers in a column, so that none is taken for a telephone number."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.read._arrow import ArrowColumn
from fanzha.read._arrow import compute as pc
from fanzha.read._convert.text import to_mask

#: 17 digits with a birth date of 1900 to 2099, and the check character (GB 11643).
_SHAPE = r"^[1-9]\d{5}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]$"
_LENGTH = 18
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK_CHARACTERS = np.frombuffer(b"10X98765432", np.uint8)


def find_identity_numbers(text: ArrowColumn) -> NDArray[np.bool_]:
    """Return a mask of the cells that are 18-character identity numbers with a right check character (GB 11643)."""
    found = np.zeros(len(text), bool)
    has_length = to_mask(pc.equal(pc.binary_length(text), _LENGTH))
    if not has_length.any():
        return found
    rows = np.flatnonzero(has_length)
    candidates = text.take(pa.array(rows))
    has_shape = to_mask(pc.match_substring_regex(candidates, _SHAPE))
    rows, numbers = rows[has_shape], pc.ascii_upper(candidates.filter(pa.array(has_shape)))
    if len(rows):
        codes = np.frombuffer("".join(numbers.to_pylist()).encode("ascii"), np.uint8).reshape(-1, _LENGTH)
        check = _CHECK_CHARACTERS[((codes[:, :-1] - 48).astype(np.int64) @ _WEIGHTS) % 11]
        found[rows] = check == codes[:, -1]
    return found

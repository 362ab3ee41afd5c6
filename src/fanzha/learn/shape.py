"""Features of the shape of a text: length, numbers, links and signs, encoded as code points."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.learn.codes import CodePoints

FEATURES = 22
_FIRST = 0xF0000  # private use area: one code point for each feature and step


def shape(written: CodePoints, folded: CodePoints) -> CodePoints:
    """Return FEATURES code points for each text, from its written and its folded form."""
    rows = written.offsets.size - 1
    out = np.empty(rows * FEATURES, np.uint32)
    _shape(written.codes, written.offsets, folded.codes, folded.offsets, out)
    return CodePoints(out, np.arange(rows + 1, dtype=np.int64) * FEATURES)


@compiled
def _step(count: float) -> int:
    """Return the logarithmic step of a count, two steps for each doubling."""
    return int(2.0 * np.log2(1.0 + count))


@compiled
def _shape(
    written: NDArray[np.uint32],
    written_offsets: NDArray[np.int64],
    folded: NDArray[np.uint32],
    folded_offsets: NDArray[np.int64],
    out: NDArray[np.uint32],
) -> None:
    steps = np.zeros(FEATURES, np.int64)
    marks = np.zeros(8, np.int64)
    for row in range(written_offsets.size - 1):
        length = written_offsets[row + 1] - written_offsets[row]
        latin, han, digits, gaps, signs, word, longest = 0, 0, 0, 0, 0, 0, 0
        for position in range(written_offsets[row], written_offsets[row + 1]):
            code = written[position]
            is_latin = 97 <= code <= 122
            word = word + 1 if is_latin else 0
            longest = max(longest, word)
            latin += is_latin
            han += 0x4E00 <= code <= 0x9FFF
            digits += 48 <= code <= 57
            gaps += code == 32
            signs += 33 <= code <= 126 and not is_latin and not 48 <= code <= 57
        marks[:] = 0
        for position in range(folded_offsets[row], folded_offsets[row + 1]):
            if 0xE000 <= folded[position] <= 0xE006:
                marks[folded[position] - 0xE000] += 1
        whole = max(length, 1)
        telephone = marks[1] + marks[2]
        far = _step(length)
        steps[0], steps[1], steps[2], steps[3] = far, 6 * latin // whole, _step(han), 6 * digits // whole
        steps[4], steps[5], steps[6] = 10 * signs // whole, 10 * gaps // whole, min(longest, 20) // 3
        steps[7] = (far // 2) * 4 + 3 * han // whole
        steps[8], steps[9], steps[10] = min(marks[0], 6), min(telephone, 3), min(marks[3], 2)
        steps[11], steps[12] = min(marks[5], 5), min(marks[6], 2)
        steps[13], steps[14], steps[15] = _step(digits), _step(signs), _step(latin)
        steps[16] = _step(folded_offsets[row + 1] - folded_offsets[row])
        steps[17] = (far // 2) * 2 + min(marks[3], 1)
        steps[18] = (far // 2) * 2 + min(telephone, 1)
        steps[19] = (far // 2) * 4 + min(marks[0], 3)
        steps[20] = min(telephone, 1) + 2 * min(marks[3], 1) + 4 * min(marks[0], 2) + 12 * min(marks[6], 1)
        steps[21] = (far // 2) * 8 + 6 * signs // whole
        for feature in range(FEATURES):
            out[row * FEATURES + feature] = _FIRST + feature * 512 + min(steps[feature], 511)

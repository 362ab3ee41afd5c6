"""Kernels that split a folded text into clauses and find the terms of the lexicon in it."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.demands.lexicon import TermIndex

_WINDOW = 40  # characters of the written text in which the next folded character is looked for
_LINK_WINDOW = 300  # the same after a placeholder, which may replace a long link


@compiled
def _is_break(written: NDArray[np.uint32], position: int) -> bool:
    """Return whether a sign ends a clause: one of , . ! ? ; : ~ that is not within a number or a link."""
    code = written[position]
    if not (code == 44 or code == 46 or code == 33 or code == 63 or code == 59 or code == 58 or code == 126):
        return False
    last = position + 1 >= written.size
    return last or position == 0 or not (_is_word(written[position - 1]) and _is_word(written[position + 1]))


@compiled
def _is_word(code: int) -> bool:
    return 48 <= code <= 57 or 97 <= code <= 122


@compiled
def _is_latin(code: int) -> bool:
    return 97 <= code <= 122


@compiled
def split_clauses(written: NDArray[np.uint32], folded: NDArray[np.uint32], clauses: NDArray[np.int32]) -> int:
    """Write the number of the clause of each folded character; return the number of clauses.

    Folding drops the signs between clauses, so the folded text is aligned with the written one. Blanks end clauses in
    texts without other signs. Signs or blanks that stand between nearly all characters are a disguise and end none.
    """
    signs, blanks = 0, 0
    for position in range(written.size):
        signs += _is_break(written, position)
        blanks += written[position] == 32
    use_signs = 3 * signs < folded.size
    use_blanks = signs == 0 and 3 * blanks < folded.size
    clause, at = 0, 0
    after_mark = False
    for position in range(folded.size):
        code = folded[position]
        if 0xE000 <= code <= 0xE006 or code == 32:
            clauses[position] = clause
            after_mark |= code != 32
            continue
        end = min(written.size, at + (_LINK_WINDOW if after_mark else _WINDOW))
        found = at
        while found < end and written[found] != code:
            found += 1
        if found < end:
            if position > 0:
                begin = max(at, found - 2) if after_mark else at
                for between in range(begin, found):
                    sign = written[between]
                    if (use_signs and _is_break(written, between)) or (
                        use_blanks and sign == 32 and not (_is_latin(code) and _is_latin(folded[position - 1]))
                    ):
                        clause += 1
                        break
            at = found + 1
        after_mark = False
        clauses[position] = clause
    return clause + 1


@compiled
def find_terms(
    folded: NDArray[np.uint32],
    clauses: NDArray[np.int32],
    index: TermIndex,
    hits: NDArray[np.int32],
) -> int:
    """Write concept, start, end and clause of the longest term at each position (hits × 4); return their number.

    A term that lies within a word of the concept "none" is left out, and so is a single character that lies within a
    longer term (付 in 支付宝). Latin terms match whole words.
    """
    used, hidden_until, covered = 0, 0, 0
    roots, keys, targets = index.roots, index.keys, index.targets
    first, length, concepts = index.first, index.length, index.concepts
    mask = keys.size - 1
    for position in range(folded.size):
        code = folded[position]
        if code >= 0x10000:
            continue
        node = roots[code]
        if node == 0 or (_is_latin(code) and position > 0 and _is_latin(folded[position - 1])):
            continue
        best, best_end, end = 0, position, position + 1
        while True:
            if length[node] > 0 and not (_is_latin(folded[end - 1]) and end < folded.size and _is_latin(folded[end])):
                best, best_end = node, end
            if end == folded.size:
                break
            key = (np.int64(node) << 20) | np.int64(folded[end])
            slot = np.int64((np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)) & mask
            while keys[slot] != key and keys[slot] != -1:
                slot = (slot + 1) & mask
            if keys[slot] == -1:
                break
            node = targets[slot]
            end += 1
        if best == 0 or best_end <= hidden_until or (best_end == position + 1 and best_end <= covered):
            continue
        covered = max(covered, best_end)
        for number in range(first[best], first[best] + length[best]):
            concept = concepts[number]
            if concept == index.hidden:
                hidden_until = best_end
            elif used < hits.shape[0]:
                hits[used, 0], hits[used, 1], hits[used, 2] = concept, position, best_end
                hits[used, 3] = clauses[position]
                used += 1
    return used

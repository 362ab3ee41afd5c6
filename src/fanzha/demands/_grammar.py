"""Kernels that read demands from the terms of a text, and write the features of each text."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.demands import layout
from fanzha.demands._scan import find_terms, split_clauses
from fanzha.demands.layout import Grammar
from fanzha.demands.lexicon import MAX_CONTEXTS, DemandKind, TermIndex

_CONCEPT, _NEGATED, _DEMAND, _PAIR, _CONTEXT, _CLASS_PAIR, _COUNT = (
    layout.CONCEPT,
    layout.NEGATED_CONCEPT,
    layout.DEMAND,
    layout.DEMAND_PAIR,
    layout.DEMAND_CONTEXT,
    layout.CLASS_PAIR,
    layout.COUNT,
)
_KINDS, _STATES, _CLASSES = len(layout.KINDS), len(layout.STATES), len(layout.CLASS_NAMES)
_CONTEXTS, _STEPS, _FEATURES = MAX_CONTEXTS, layout.COUNT_STEPS, layout.FEATURES
_CONTEXT_KINDS = len(layout.CONTEXT_KINDS)
_ASKED, _NEGATED_STATE, _REPORTED = 0, 1, 2
_CODE_KIND, _PAY_KIND, _SECRECY_KIND = (
    layout.KINDS.index(kind) for kind in (DemandKind.CODE, DemandKind.PAY, DemandKind.SECRECY)
)
_SECRET, _NEGATION, _WARNING, _TENSE, _READER = (
    layout.CLASS_NAMES.index(name) for name in ("secret", "negation", "warning", "tense", "reader")
)
_PATTERN_GAP = 12  # characters between the two terms of a pattern
_CLASS_GAP = 12  # characters between two terms whose classes are a feature
_NEGATION_GAP = 10  # characters between a negation and the last term that it negates
_BITS = np.uint64(63)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT_OF = np.zeros(64, np.int32)  # the number of the only bit set in a word, by the top six bits of its product
for _bit in range(64):
    _BIT_OF[((1 << _bit) * 0x03F79D71B4CB0A89 & 0xFFFFFFFFFFFFFFFF) >> 58] = _bit


@compiled
def _set(bits: NDArray[np.uint64], column: int) -> None:
    bits[column >> 6] |= np.uint64(1) << (np.uint64(column) & _BITS)


@compiled
def _is_asked(bits: NDArray[np.uint64], kind: int) -> bool:
    """Return whether the bits have a demand of a kind that is asked."""
    column = _DEMAND + kind * _STATES + _ASKED
    return bool((bits[column >> 6] >> (np.uint64(column) & _BITS)) & np.uint64(1))


@compiled
def _step(count: int) -> int:
    """Return the logarithmic step of a count."""
    return min(_STEPS - 1, int(np.log2(1.0 + count)))


@compiled
def _states(
    hits: NDArray[np.int32],
    used: int,
    grammar: Grammar,
    states: NDArray[np.int32],
) -> int:
    """Write the state of each term: asked, negated (after a negation, or with a warning in its clause), or reported.

    Return how many are not asked.
    """
    index, changed = 0, 0
    classes, reports_before = grammar.classes, False
    while index < used:
        end, warned = index, False
        while end < used and hits[end, 3] == hits[index, 3]:
            warned |= classes[hits[end, 0]] == _WARNING
            end += 1
        negation_end, denies, reports, covered = -100, False, reports_before, 0
        reports_here = False
        for hit in range(index, end):
            concept, start = hits[hit, 0], hits[hit, 1]
            state = _ASKED
            if warned or denies or 0 <= start - negation_end <= _NEGATION_GAP:
                state = _NEGATED_STATE
            elif reports or reports_here:
                state = _REPORTED
            states[hit] = state
            changed += state != _ASKED
            # 能不能 and 要不要 contain negations that negate nothing
            if classes[concept] == _NEGATION and hits[hit, 2] > covered:
                negation_end = hits[hit, 2]
                denies |= concept == grammar.denial
            reports_here |= grammar.reporting[concept]
            if classes[concept] == _READER:
                reports = False
            covered = max(covered, hits[hit, 2])
        reports_before = reports_here
        index = end
    return changed


@compiled
def _note(
    bits: NDArray[np.uint64],
    events: NDArray[np.int32],
    noted: int,
    kind: int,
    state: int,
    start: int,
    end: int,
) -> int:
    """Set the bit of a demand; write kind, state, start and end if there is room; return the number of events."""
    _set(bits, _DEMAND + kind * _STATES + state)
    if noted < events.shape[0]:
        events[noted, 0], events[noted, 1], events[noted, 2], events[noted, 3] = kind, state, start, end
        return noted + 1
    return noted


@compiled
def read_demands(
    hits: NDArray[np.int32],
    used: int,
    states: NDArray[np.int32],
    grammar: Grammar,
    bits: NDArray[np.uint64],
    events: NDArray[np.int32],
) -> int:
    """Set the bits of terms, demands and pairs of classes; return the number of demands written to `events`."""
    noted, secret_clause = 0, -9
    classes, demands, patterns = grammar.classes, grammar.demands, grammar.patterns
    for hit in range(used):
        concept, start, end, clause = hits[hit, 0], hits[hit, 1], hits[hit, 2], hits[hit, 3]
        of = classes[concept]
        if of == _SECRET:
            secret_clause = clause
        _set(bits, _CONCEPT + concept)
        if states[hit] == _NEGATED_STATE:
            _set(bits, _NEGATED + concept)
        if demands[concept] >= 0:
            kind, state = demands[concept], states[hit]
            if kind == _SECRECY_KIND and not _is_asked(bits, _CODE_KIND):
                has_secret = clause == secret_clause
                has_secret |= clause - secret_clause <= 2 and not _is_asked(bits, _PAY_KIND)
                for after in range(hit + 1, min(used, hit + 6)):
                    has_secret |= classes[hits[after, 0]] == _SECRET and hits[after, 3] == clause
                if has_secret:  # "never share the code" protects the reader
                    kind, state = _CODE_KIND, _NEGATED_STATE
            noted = _note(bits, events, noted, kind, state, start, end)
        for after in range(hit + 1, used):
            gap = hits[after, 1] - end
            if hits[after, 3] != clause or gap > _PATTERN_GAP:
                break
            other = hits[after, 0]
            if gap < 0:
                continue
            if gap <= _CLASS_GAP:
                _set(bits, _CLASS_PAIR + of * _CLASSES + classes[other])
            if patterns[concept, other] >= 0:
                state = states[hit]
                if state == _ASKED or states[after] == _NEGATED_STATE:
                    state = states[after]
                noted = _note(bits, events, noted, patterns[concept, other], state, start, hits[after, 2])
    return noted


@compiled
def _combine(
    hits: NDArray[np.int32],
    used: int,
    contexts: NDArray[np.int32],
    clauses: int,
    changed: int,
    size: int,
    bits: NDArray[np.uint64],
) -> None:
    """Set the bits of pairs of demands, of demands with their contexts, and of counts."""
    asked = 0
    for kind in range(_KINDS):
        if not _is_asked(bits, kind):
            continue
        asked += 1
        for low in range(kind):
            if _is_asked(bits, low):
                _set(bits, _PAIR + kind * (kind - 1) // 2 + low)
        for hit in range(used if kind < _CONTEXT_KINDS else 0):
            context = contexts[hits[hit, 0]]
            if context >= 0:
                _set(bits, _CONTEXT + kind * _CONTEXTS + context)
    values = (clauses, asked, changed, used // 2, size // 4)
    for count in range(5):
        _set(bits, _COUNT + count * _STEPS + _step(values[count]))


@compiled
def _write_columns(bits: NDArray[np.uint64], columns: NDArray[np.int32], filled: int) -> int:
    """Write the numbers of the bits that are set, ascending; return the new number of columns."""
    for word in range(bits.size):
        left = bits[word]
        while left:
            lowest = left & (~left + np.uint64(1))
            columns[filled] = 64 * word + _BIT_OF[(lowest * _DE_BRUIJN) >> np.uint64(58)]
            filled += 1
            left ^= lowest
    return filled


@compiled
def extract(
    written: NDArray[np.uint32],
    written_offsets: NDArray[np.int64],
    folded: NDArray[np.uint32],
    folded_offsets: NDArray[np.int64],
    index: TermIndex,
    grammar: Grammar,
    begin: int,
    columns: NDArray[np.int32],
    ends: NDArray[np.int64],
    events: NDArray[np.int32],
) -> tuple[int, int]:
    """Write the features of the texts from number `begin` on, until `columns` may be too small for another text.

    Write the ascending columns of each text, and where they end (`ends`, by number of text); and the demands of the
    texts to `events` (kind, state, start, end) as far as there is room. Return the number of the next text and the
    number of demands written.
    """
    longest = 0
    for row in range(folded_offsets.size - 1):
        longest = max(longest, folded_offsets[row + 1] - folded_offsets[row])
    clauses = np.empty(longest, np.int32)
    hits = np.empty((3 * longest + 1, 4), np.int32)
    states = np.empty(3 * longest + 1, np.int32)
    bits = np.empty((_FEATURES + 63) // 64, np.uint64)
    noted, filled = 0, 0
    for row in range(begin, folded_offsets.size - 1):
        if columns.size - filled < _FEATURES:
            return row, noted
        text = folded[folded_offsets[row] : folded_offsets[row + 1]]
        count = split_clauses(written[written_offsets[row] : written_offsets[row + 1]], text, clauses)
        used = find_terms(text, clauses, index, hits)
        bits[:] = 0
        changed = _states(hits, used, grammar, states)
        noted += read_demands(hits, used, states, grammar, bits, events[noted:])
        _combine(hits, used, grammar.contexts, count, changed, text.size, bits)
        filled = _write_columns(bits, columns, filled)
        ends[row] = filled
    return folded_offsets.size - 1, noted

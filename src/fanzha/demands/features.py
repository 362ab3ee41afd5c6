"""The features of texts for a linear model, and the demands of one text for its reasons."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.demands._grammar import extract
from fanzha.demands._scan import split_clauses
from fanzha.demands.layout import FEATURES, KINDS, STATES, DemandState, demand_title, load_grammar
from fanzha.demands.lexicon import DemandKind, load_term_index
from fanzha.learn.codes import CodePoints, code_points
from fanzha.learn.fold import PLACEHOLDER_TEXTS, fold, fold_width
from fanzha.learn.ngrams import NgramCounts

#: The code point of the first column, in the private use area.
FIRST_FEATURE = 0xF8000
_USUAL_FEATURES = 200  # columns for which room is made for each text
_MAX_DEMANDS = 256
_LONGEST_PHRASE = 18  # characters that are quoted, unless the terms alone are longer


class Demand(NamedTuple):
    """A demand that a text makes, forbids or reports."""

    kind: DemandKind
    state: DemandState
    phrase: str  # its terms and the words next to them in the clause, as the folded text has them
    title: Words


def feature_codes(written: CodePoints, folded: CodePoints) -> CodePoints:
    """Return for each text the code points FIRST_FEATURE + column of its features, ascending, each once.

    `written` are the texts by `fold_width`, which show where clauses end, `folded` the same texts by `fold`.
    """
    columns, offsets = _extract(written, folded)
    return CodePoints((columns + FIRST_FEATURE).astype(np.uint32), offsets)


def feature_matrix(written: CodePoints, folded: CodePoints) -> NgramCounts:
    """Return the features as a sparse matrix, texts × FEATURES, of ones."""
    columns, offsets = _extract(written, folded)
    return NgramCounts(offsets, columns, np.ones(columns.size, np.float32))


def find_demands(text: str) -> list[Demand]:
    """Return the demands of a text in the order in which it makes them, each kind in each state once."""
    codes = code_points(pa.array([text], pa.string()))
    written, folded = fold_width(codes), fold(codes)
    events = np.empty((_MAX_DEMANDS, 4), np.int32)
    _, noted = extract(
        written.codes,
        written.offsets,
        folded.codes,
        folded.offsets,
        load_term_index(),
        load_grammar(),
        0,
        np.empty(FEATURES, np.int32),
        np.empty(1, np.int64),
        events,
    )
    clauses = np.zeros(folded.codes.size, np.int32)
    split_clauses(written.codes, folded.codes, clauses)
    words = folded.text(0)
    demands: dict[tuple[DemandKind, DemandState], Demand] = {}
    for kind, state, start, end in events[:noted].tolist():
        first, last = _widen(start, end, clauses)
        phrase = "".join(PLACEHOLDER_TEXTS.get(ord(sign), sign) for sign in words[first:last]).strip()
        key = KINDS[kind], STATES[state]
        demands.setdefault(key, Demand(*key, phrase, demand_title(*key)))
    return list(demands.values())


def _widen(start: int, end: int, clauses: NDArray[np.int32]) -> tuple[int, int]:
    """Return the run of characters around terms within their clauses, at most `_LONGEST_PHRASE` long."""
    first = int(np.searchsorted(clauses, clauses[start]))
    last = int(np.searchsorted(clauses, clauses[end - 1], side="right"))
    if last - first <= _LONGEST_PHRASE:
        return first, last
    room = max(0, _LONGEST_PHRASE - (end - start))
    after = min(last - end, room - min(room // 3, start - first))
    return max(first, start - (room - after)), end + after


def _extract(written: CodePoints, folded: CodePoints) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the columns of all texts and their offsets."""
    rows = folded.offsets.size - 1
    offsets = np.zeros(rows + 1, np.int64)
    parts = [np.empty(0, np.int32)]
    begin = filled = 0
    while begin < rows:
        columns, ends = np.empty(_USUAL_FEATURES * (rows - begin) + FEATURES, np.int32), np.empty(rows, np.int64)
        end, _ = extract(
            written.codes,
            written.offsets,
            folded.codes,
            folded.offsets,
            load_term_index(),
            load_grammar(),
            begin,
            columns,
            ends,
            np.empty((0, 4), np.int32),
        )
        offsets[begin + 1 : end + 1] = ends[begin:end] + filled
        parts.append(columns[: ends[end - 1]])
        filled, begin = int(offsets[end]), end
    return np.concatenate(parts), offsets

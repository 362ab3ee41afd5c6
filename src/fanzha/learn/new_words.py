"""New words: character n-grams and words of some texts that were rare in earlier ones.

Numbers are no words: digits and their mask end a word, so that no number appears in a result. A word must be in
several texts, so that none comes from one person's text only.
"""

from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.learn.codes import code_points

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

MIN_TEXTS = 5  # texts with a word before it is shown
MIN_GROWTH = 5.0  # its share of texts, compared with its share of the earlier texts
LONGEST = 4  # characters of a Chinese n-gram; 16 bits each in one key
LONGEST_PHRASE = 12  # characters of n-grams that are joined
_FIRST, _LAST = 0x4E00, 0x9FFF  # the Chinese characters of the basic plane
_MAX_CANDIDATES = 2_000
_NOT_LETTERS = r"[^a-z]+"
_SHORTEST_LATIN = 3


class NewWord(NamedTuple):
    """A word, the texts that hold it, now and earlier, and its log-likelihood ratio (Dunning 1993)."""

    word: str
    texts: int
    earlier_texts: int
    ratio: float


class _WordCounts(NamedTuple):
    """Words, and the number of texts with each, now and earlier."""

    words: "pa.Array[Any]"
    texts: NDArray[np.int64]
    earlier: NDArray[np.int64]


def new_words(
    texts: "pa.Array[Any] | pa.ChunkedArray[Any]",
    earlier: "pa.Array[Any] | pa.ChunkedArray[Any]",
    limit: int = 20,
    min_texts: int = MIN_TEXTS,
) -> list[NewWord]:
    """Return the words of `texts` whose share of texts grew most, by descending growth; one of overlapping words."""
    sizes = len(texts), len(earlier)
    if not all(sizes):
        return []
    both = pa.chunked_array(
        [*_chunks(pc.cast(texts, pa.large_string())), *_chunks(pc.cast(earlier, pa.large_string()))],
        type=pa.large_string(),
    )
    both = pc.utf8_lower(pc.utf8_normalize(pc.fill_null(both, ""), "NFKC"))
    found: list[NewWord] = []
    for counted in (_count_ngrams(both, sizes[0]), _count_latin(both, sizes[0])):
        found += _select(counted, sizes, min_texts)
    found = _join_neighbours(found)
    found.sort(key=lambda word: (-word.ratio, -len(word.word), word.word))
    return _drop_overlaps(found[:_MAX_CANDIDATES], limit)


def _chunks(values: Any) -> "list[pa.Array[Any]]":
    return list(values.chunks) if isinstance(values, pa.ChunkedArray) else [values]


def _count_ngrams(texts: "pa.ChunkedArray[Any]", current: int) -> _WordCounts:
    """Count the texts with each run of 2 to 4 Chinese characters."""
    codes, offsets = code_points(texts)
    rows = np.repeat(np.arange(len(offsets) - 1, dtype=np.uint32), np.diff(offsets))
    is_chinese = (codes >= _FIRST) & (codes <= _LAST)
    keys, is_run = codes.astype(np.uint64), is_chinese
    unique_keys, texts_now, texts_earlier = [], [], []
    for length in range(2, LONGEST + 1):
        if len(keys) < 2:
            break
        is_run = is_run[:-1] & is_chinese[length - 1 :] & (rows[: 1 - length] == rows[length - 1 :])
        keys = (keys[:-1] << np.uint64(16)) | codes[length - 1 :].astype(np.uint64)
        found, now, before = _count_texts(keys[is_run], rows[: 1 - length][is_run], current)
        unique_keys.append(found)
        texts_now.append(now)
        texts_earlier.append(before)
    if not unique_keys:
        return _WordCounts(pa.array([], pa.string()), np.empty(0, np.int64), np.empty(0, np.int64))
    all_now, all_earlier = np.concatenate(texts_now), np.concatenate(texts_earlier)
    kept = np.flatnonzero(all_now > 1)
    words = [_word_of_key(int(key)) for key in np.concatenate(unique_keys)[kept]]
    return _WordCounts(pa.array(words, pa.string()), all_now[kept], all_earlier[kept])


def _count_texts(
    keys: NDArray[Any], rows: NDArray[Any], current: int
) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct keys, and the number of distinct rows below and from `current` on with each; rows ascend."""
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
    keys, rows = keys[is_first], rows[is_first]
    unique, inverse = np.unique(keys, return_inverse=True)
    now = np.bincount(inverse[rows < current], minlength=len(unique)).astype(np.int64)
    return unique, now, np.bincount(inverse, minlength=len(unique)).astype(np.int64) - now


def _word_of_key(key: int) -> str:
    characters = [key >> 16 * place & 0xFFFF for place in range(LONGEST)]
    return "".join(chr(character) for character in reversed(characters) if character)


def _count_latin(texts: "pa.ChunkedArray[Any]", current: int) -> _WordCounts:
    """Count the texts with each run of three or more Latin letters."""
    pieces = pc.split_pattern_regex(texts, _NOT_LETTERS).combine_chunks()
    rows, words = pc.list_parent_indices(pieces).to_numpy(), pc.list_flatten(pieces)
    is_word = pc.greater_equal(pc.utf8_length(words), _SHORTEST_LATIN)
    encoded = pc.dictionary_encode(words.filter(is_word))
    keys, now, before = _count_texts(encoded.indices.to_numpy(), rows[is_word.to_numpy(zero_copy_only=False)], current)
    return _WordCounts(encoded.dictionary.take(pa.array(keys, pa.int64())), now, before)


def _select(counted: _WordCounts, sizes: tuple[int, int], min_texts: int) -> list[NewWord]:
    """Return the words in enough texts whose share grew enough; an unseen word counts as half a text earlier."""
    share = counted.texts / sizes[0]
    earlier_share = (counted.earlier + 0.5) / (sizes[1] + 1)
    ratios = _likelihood_ratio(counted.texts, counted.earlier, *sizes)
    rows = np.flatnonzero((counted.texts >= min_texts) & (share >= MIN_GROWTH * earlier_share))
    rows = rows[np.argsort(-ratios[rows], kind="stable")][:_MAX_CANDIDATES]
    words = counted.words.take(pa.array(rows, pa.int64())).to_pylist()
    return [
        NewWord(str(word), int(counted.texts[row]), int(counted.earlier[row]), float(ratios[row]))
        for word, row in zip(words, rows, strict=True)
    ]


def _likelihood_ratio(
    now: NDArray[np.int64], earlier: NDArray[np.int64], size: int, earlier_size: int
) -> NDArray[np.float64]:
    """Return the log-likelihood ratio of two shares of texts against one common share."""
    common = (now + earlier) / (size + earlier_size)
    terms = np.zeros(len(now))
    for counts, whole in ((now, size), (earlier, earlier_size)):
        for observed, expected in ((counts, common * whole), (whole - counts, (1 - common) * whole)):
            quotient = np.divide(observed, expected, out=np.ones(len(now)), where=(observed > 0) & (expected > 0))
            terms += observed * np.log(quotient)
    ratios: NDArray[np.float64] = 2 * terms
    return ratios


def _join_neighbours(words: list[NewWord]) -> list[NewWord]:
    """Join n-grams that are the same one character apart and in equally many texts; return them and all words."""
    chains = []
    for _, group in groupby(sorted(words, key=_counts), key=_counts):
        by_start = {word.word[:-1]: word for word in group if len(word.word) == LONGEST and _is_chinese(word.word)}
        ends = {word.word[1:] for word in by_start.values()}
        for first in [word for start, word in by_start.items() if start not in ends]:
            text, following = first.word, by_start.get(first.word[1:])
            while following is not None and len(text) < LONGEST_PHRASE:
                text, following = text + following.word[-1], by_start.get(following.word[1:])
            chains.append(first._replace(word=text))
    return chains + words


def _counts(word: NewWord) -> tuple[int, int]:
    return word.texts, word.earlier_texts


def _is_chinese(word: str) -> bool:
    return _FIRST <= ord(word[0]) <= _LAST


def _drop_overlaps(words: list[NewWord], limit: int) -> list[NewWord]:
    """Return the first words; of those that overlap in two or more characters the first."""
    kept: list[NewWord] = []
    for word in words:
        if len(kept) == limit:
            break
        if not any(_overlap(word.word, other.word) for other in kept):
            kept.append(word)
    return kept


def _overlap(first: str, second: str) -> bool:
    """Return whether one holds the other, or the end of one is the beginning of the other."""
    if first in second or second in first:
        return True
    return any(
        first[-size:] == second[:size] or second[-size:] == first[:size]
        for size in range(2, min(len(first), len(second)))
    )

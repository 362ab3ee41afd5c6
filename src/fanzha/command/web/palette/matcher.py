"""Match a typed text with the titles that its reader sees: part of a word, pinyin initials, one typing mistake.

Only visible text is matched. The hidden part of a masked value agrees with everything, so that an answer discloses no
more than the list with the value.
"""

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from fanzha.command.web.palette.initials import initials

#: Signs for a hidden part of a value: one character, or any number of them.
HIDDEN, HIDDEN_RUN = "•", "***"
_WORD = re.compile(r"[^\W\d_]+|\d+")
_SEPARATORS = re.compile(r"[\s\-_.,:()（）·/+]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_HOME_PREFIX = re.compile(r"^(?:\+|00)86")
_MIN_VISIBLE = 3
_MIN_TYPO_LENGTH, _MIN_CHINESE_TYPO_LENGTH = 4, 3


class MatchRank(IntEnum):
    """How a text matches, best first."""

    EXACT = -1
    WHOLE_START = 0
    WORD_START = 1
    PART = 2
    INITIALS = 3
    MASKED = 4
    TYPO = 5


class SearchableText(NamedTuple):
    """A title as it is matched: folded, without separators, as words, as pinyin initials."""

    text: str
    compact: str
    words: tuple[str, ...]
    initials: tuple[str, ...]


class SearchIndex(NamedTuple):
    """The searchable titles of one entry, and the data to exclude quickly terms that match none of them.

    `haystack` has all texts that a term can be a part of; `words` and `runs` are words of letters and runs of Chinese.
    """

    titles: tuple[SearchableText, ...]
    haystack: str
    masked: tuple[SearchableText, ...]
    words: frozenset[str]
    runs: frozenset[str]


def fold(text: str) -> str:
    """Return a text without differences of width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=60_000)
def prepare(title: str) -> SearchableText:
    """Return a title in its searchable form."""
    folded = fold(title)
    return SearchableText(folded, _SEPARATORS.sub("", folded), tuple(_WORD.findall(folded)), initials(folded))


@lru_cache(maxsize=60_000)
def index_titles(titles: tuple[str, ...]) -> SearchIndex:
    """Return the index of an entry's titles."""
    prepared = tuple(map(prepare, titles))
    return SearchIndex(
        prepared,
        "\n".join(part for title in prepared for part in (title.text, title.compact, *title.initials)),
        tuple(title for title in prepared if HIDDEN in title.text or HIDDEN_RUN in title.text),
        frozenset(word for title in prepared for word in title.words if not word.isdigit()),
        frozenset(run for title in prepared for run in _CHINESE.findall(title.text)),
    )


def may_match(term: str, index: SearchIndex, *, allow_typo: bool = False) -> bool:
    """Return whether `rank_term` can match a folded term with one of the titles; this excludes most titles."""
    compact = _compact(term)
    if term in index.haystack or (compact and compact in index.haystack):
        return True
    if len(compact) >= _MIN_VISIBLE:
        for title in index.masked:
            if _agrees_with_mask(term, compact, title):
                return True
    return allow_typo and _has_typo(term, index.words, index.runs)


@lru_cache(maxsize=8_192)
def _compact(text: str) -> str:
    return _SEPARATORS.sub("", text)


@lru_cache(maxsize=60_000)
def _without_home_prefix(text: str) -> str:
    return _SEPARATORS.sub("", _HOME_PREFIX.sub("", text))


def rank_term(term: str, title: SearchableText, *, allow_typo: bool = False) -> MatchRank | None:
    """Return how a folded term matches a title, None if it does not."""
    if title.text.startswith(term):
        return MatchRank.EXACT if len(title.text) == len(term) else MatchRank.WHOLE_START
    if any(word.startswith(term) for word in title.words):
        return MatchRank.WORD_START
    compact = _compact(term)
    if term in title.text or (compact and compact in title.compact):
        return MatchRank.PART
    if any(_matches_initials(term, variant) for variant in title.initials):
        return MatchRank.INITIALS
    if _agrees_with_mask(term, compact, title):
        return MatchRank.MASKED
    return MatchRank.TYPO if allow_typo and _matches_with_typo(term, title) else None


def _matches_initials(term: str, variant: str) -> bool:
    return term.isascii() and (variant.startswith(term) if len(term) == 2 else len(term) > 2 and term in variant)


def _agrees_with_mask(term: str, compact: str, title: SearchableText) -> bool:
    """Return whether a masked title agrees with the term from its beginning on, in three visible characters or more."""
    if HIDDEN_RUN in title.text:
        visible = title.text.replace(HIDDEN_RUN, "")
        return len(visible) > _MIN_VISIBLE and "." in term and _agrees_with_parts(term, title.text.split(HIDDEN_RUN))
    if HIDDEN not in title.compact or not compact:
        return False
    masked, written = _without_home_prefix(title.text), _without_home_prefix(term)
    if len(written) > len(masked):
        return False
    agreeing = 0
    for typed, shown in zip(written, masked, strict=False):
        if shown != HIDDEN:
            if typed != shown:
                return False
            agreeing += 1
    return agreeing >= _MIN_VISIBLE


def _agrees_with_parts(term: str, parts: list[str]) -> bool:
    """Return whether the term is these parts in their order with anything between them.

    The earliest place of each part decides, so that a name of many hidden labels costs no backtracking.
    """
    at, end = len(parts[0]), len(term) - len(parts[-1])
    if not (term.startswith(parts[0]) and term.endswith(parts[-1])) or at > end:
        return False
    for part in parts[1:-1]:
        found = term.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _matches_with_typo(term: str, title: SearchableText) -> bool:
    """Return whether a word begins with the term but for one wrong, missing, additional or exchanged character.

    In Chinese any part of a run of characters counts as a word. Numbers are not matched with mistakes.
    """
    return _has_typo(term, frozenset(title.words), frozenset(_CHINESE.findall(title.text)))


@lru_cache(maxsize=60_000)
def _has_typo(term: str, words: frozenset[str], runs: frozenset[str]) -> bool:
    if any(character.isdigit() for character in term):
        return False
    if _CHINESE.fullmatch(term):
        if len(term) < _MIN_CHINESE_TYPO_LENGTH:
            return False
        return any(begins_with_typo(run[start:], term) for run in runs for start in range(len(run) - len(term) + 2))
    return len(term) >= _MIN_TYPO_LENGTH and any(begins_with_typo(word, term) for word in words)


def begins_with_typo(word: str, term: str) -> bool:
    """Return whether `word` begins with `term` after one character is replaced, removed, added or exchanged."""
    size, at = len(term), 0
    while at < size and at < len(word) and term[at] == word[at]:
        at += 1
    if at == size:
        return True
    rest, found = term[at + 1 :], word[at:]
    if not found:  # the word ends before the term
        return len(rest) == 0
    replaced, added = found[1:].startswith(rest), found.startswith(rest)
    missing = found[1:].startswith(term[at:])
    exchanged = rest[:1] == found[:1] and found[1:2] == term[at] and found[2:].startswith(rest[1:])
    return replaced or added or missing or exchanged

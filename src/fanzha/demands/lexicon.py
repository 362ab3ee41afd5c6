"""The lexicon of demands (data/lexicon.tsv): concepts with their terms, and the index of the terms."""

from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.learn.codes import code_points
from fanzha.learn.fold import PLACEHOLDER_TEXTS, fold

COLUMNS = ("concept", "class", "demand", "zh", "en", "terms")
#: Room for concepts. The columns of the features are allocated for this number, so a new concept, added at the end of
#: the file, moves no other feature.
MAX_CONCEPTS = 144
#: Room for concepts that are the context of a demand: who asks, pretext, threat, lure, honest signs.
MAX_CONTEXTS = 90


class DemandKind(StrEnum):
    """What a text can ask of its reader, or hold out to them."""

    PAY = "pay"
    CODE = "code"
    SCREEN = "screen"
    APP = "app"
    LINK = "link"
    CARD_TAP = "card_tap"
    SECRECY = "secrecy"
    MEET = "meet"
    JOIN = "join"
    MOVE = "move"
    THREAT = "threat"
    LURE = "lure"


#: Classes of concepts. "none" marks words that only contain a term, such as 特别 with 别; they hide it.
CLASSES: dict[str, Words] = {
    "institution": Words("机构", "institution"),
    "acquaintance": Words("熟人", "acquaintance"),
    "stranger": Words("陌生人", "stranger"),
    "reader": Words("收信人", "the reader"),
    "self": Words("说话人", "the speaker"),
    "third": Words("第三人", "somebody else"),
    "pay": Words("付款", "paying"),
    "code": Words("告知或填写", "telling or entering"),
    "screen": Words("屏幕", "the screen"),
    "app": Words("软件", "an app"),
    "link": Words("链接", "a link"),
    "card_tap": Words("卡片", "a card"),
    "join": Words("参与", "joining in"),
    "meet": Words("当面交付", "handing over"),
    "move": Words("换渠道", "another channel"),
    "secrecy": Words("保密", "secrecy"),
    "threat": Words("威胁催促", "threat or hurry"),
    "lure": Words("利诱", "a lure"),
    "money": Words("钱款", "money"),
    "secret": Words("隐私信息", "secret data"),
    "pretext": Words("借口", "a pretext"),
    "negation": Words("否定", "a negation"),
    "warning": Words("警示", "a warning"),
    "honest": Words("正当迹象", "an honest sign"),
    "tense": Words("时态", "tense or mood"),
    "none": Words("无", "none"),
}
CONTEXT_CLASSES = frozenset(
    ("institution", "acquaintance", "stranger", "threat", "lure", "pretext", "warning", "honest")
)


class Concept(NamedTuple):
    """One concept: a set of terms that mean the same to the grammar."""

    name: str
    concept_class: str  # one of CLASSES
    demand: DemandKind | None  # the demand that a term makes by itself
    title: Words
    terms: tuple[str, ...]


class TermIndex(NamedTuple):
    """A trie of all terms over code points.

    `roots[c]` is the node of a first character (0 if no term begins with it); an edge from `node` by code point `c` is
    found in the open-addressing table `keys` (node << 20 | c, -1 empty) → `targets`. The concepts of the term that ends
    at a node are `concepts[first[node] : first[node] + length[node]]`.
    """

    roots: NDArray[np.int32]
    keys: NDArray[np.int64]
    targets: NDArray[np.int32]
    first: NDArray[np.int32]
    length: NDArray[np.int32]
    concepts: NDArray[np.int32]
    hidden: int  # the number of the concept "none"


@cache
def load_concepts() -> tuple[Concept, ...]:
    """Load the shipped concepts; a row without a concept continues the terms of the row above."""
    lines = files("fanzha.demands").joinpath("data/lexicon.tsv").read_text("utf-8").splitlines()
    rows: list[tuple[list[str], list[str]]] = []
    for line in lines[1:]:
        *head, terms = line.split("\t")
        if head[0]:
            rows.append((head, []))
        rows[-1][1].extend(terms.split("|"))
    return tuple(
        Concept(name, concept_class, DemandKind(demand) if demand else None, Words(zh, en), tuple(terms))
        for (name, concept_class, demand, zh, en), terms in rows
    )


@cache
def load_term_index() -> TermIndex:
    """Build the index of the shipped terms, each folded as texts are."""
    # folding drops code points in the private use area, so others replace the placeholders meanwhile
    marks = {text: (chr(0x2F000 + code - 0xE000), chr(code)) for code, text in PLACEHOLDER_TEXTS.items()}
    written = [(term, number) for number, concept in enumerate(load_concepts()) for term in concept.terms]
    terms = [_replace(term, {text: stand_in for text, (stand_in, _) in marks.items()}) for term, _ in written]
    folded = fold(code_points(pa.array(terms)))
    concepts_of: dict[str, list[int]] = {}
    for row, (_, number) in enumerate(written):
        term = _replace(folded.text(row), dict(marks.values()))
        numbers = concepts_of.setdefault(term, [])
        if number not in numbers:
            numbers.append(number)
    concepts_of.pop("", None)
    return _build_index(concepts_of, [concept.name for concept in load_concepts()].index("none"))


def _replace(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


def _build_index(concepts_of: dict[str, list[int]], hidden: int) -> TermIndex:
    roots = np.zeros(0x10000, np.int32)
    edges: dict[int, int] = {}
    terms_at: dict[int, list[int]] = {}
    nodes = 0
    for term in sorted(concepts_of):
        node = int(roots[ord(term[0])])
        if not node:
            nodes += 1
            roots[ord(term[0])] = node = nodes
        for sign in term[1:]:
            key = node << 20 | ord(sign)
            if key not in edges:
                nodes += 1
                edges[key] = nodes
            node = edges[key]
        terms_at[node] = concepts_of[term]
    first, length = np.zeros(nodes + 1, np.int32), np.zeros(nodes + 1, np.int32)
    concepts: list[int] = []
    for node, numbers in terms_at.items():
        first[node], length[node] = len(concepts), len(numbers)
        concepts += numbers
    keys, targets = _hash_edges(edges)
    return TermIndex(roots, keys, targets, first, length, np.array(concepts, np.int32), hidden)


def _hash_edges(edges: dict[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    size = 1 << (4 * len(edges)).bit_length()
    keys, targets = np.full(size, -1, np.int64), np.zeros(size, np.int32)
    for key, target in edges.items():
        slot = edge_slot(key, size - 1)
        while keys[slot] != -1:
            slot = (slot + 1) & (size - 1)
        keys[slot], targets[slot] = key, target
    return keys, targets


def edge_slot(key: int, mask: int) -> int:
    """Return the slot at which the search for an edge begins; the kernel computes the same."""
    return ((key * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) >> 40) & mask

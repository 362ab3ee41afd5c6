"""Fragments of a text that contribute most to a linear model's score."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from fanzha.base.masking import mask_digits_of
from fanzha.learn.codes import CodePoints
from fanzha.learn.fold import PLACEHOLDER_TEXTS
from fanzha.learn.linear import Linear, Views
from fanzha.learn.ngrams import count


class Fragment(NamedTuple):
    """A fragment of the folded text and its contribution to the margin."""

    text: str
    adds: float


def fragments(model: Linear, views: Views, limit: int, *, of: int = 0) -> list[Fragment]:
    """Return the n-grams of one text with the largest positive contributions, without overlaps.

    The text is the folded one, or the written one if the model has no view of that.
    """
    form = "folded" if any(view.form == "folded" for view in model.views) else "written"
    text = views[form]
    contributions: dict[str, float] = {}
    for view, rarity, weights in zip(model.views, model.rarity, model.weights, strict=True):
        if view.form == form:
            for gram in _grams(text.text(0), max(2, view.shortest), view.longest):
                bucket = _bucket(gram, view.bits)
                if rarity[bucket] > 0:
                    contributions[gram] = float(rarity[bucket] * weights[bucket, of])
    strongest = sorted((pair for pair in contributions.items() if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
    chosen: list[Fragment] = []
    for gram, adds in strongest:
        if not any(_overlap(gram, earlier.text) for earlier in chosen):
            chosen.append(Fragment(gram, adds))
        if len(chosen) == limit:
            break
    return [
        Fragment("".join(PLACEHOLDER_TEXTS.get(ord(sign), sign) for sign in fragment.text), fragment.adds)
        for fragment in chosen
    ]


def mask_fragments(found: Iterable[Fragment], text: str) -> list[Fragment]:
    """Return fragments of a text without digits of its long numbers."""
    return [Fragment(mask_digits_of(text, fragment.text), fragment.adds) for fragment in found]


def _grams(text: str, shortest: int, longest: int) -> list[str]:
    return [text[at : at + size] for size in range(shortest, longest + 1) for at in range(len(text) - size + 1)]


def _overlap(first: str, second: str) -> bool:
    """Return whether two fragments share two adjacent characters."""
    return any(first[at : at + 2] in second for at in range(len(first) - 1))


def _bucket(gram: str, bits: int) -> int:
    codes = np.array([ord(sign) for sign in gram], np.uint32)
    counts = count(CodePoints(codes, np.array([0, len(codes)])), shortest=len(codes), longest=len(codes), bits=bits)
    return int(counts.columns[0])

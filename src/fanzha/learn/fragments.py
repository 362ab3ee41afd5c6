"""Which pieces of a text speak for a linear model's answer, as a reader can find them in the text."""

from typing import NamedTuple

import numpy as np

from fanzha.learn.codes import Codes
from fanzha.learn.fold import SHOWN
from fanzha.learn.linear import Linear, Views
from fanzha.learn.ngrams import count


class Fragment(NamedTuple):
    """A piece of the folded text and what it adds to the margin."""

    text: str
    adds: float


def fragments(model: Linear, views: Views, most: int, *, of: int = 0) -> list[Fragment]:
    """Return the longest n-grams of one folded text that add most, none inside another."""
    text = views["folded"]
    found: dict[str, float] = {}
    for view, rarity, weights in zip(model.views, model.rarity, model.weights, strict=True):
        if view.form == "folded":
            for gram in _grams(text.text(0), max(2, view.shortest), view.longest):
                bucket = _bucket(gram, view.bits)
                if rarity[bucket] > 0:
                    found[gram] = float(rarity[bucket] * weights[bucket, of])
    strongest = sorted((pair for pair in found.items() if pair[1] > 0), key=lambda pair: (-pair[1], pair[0]))
    kept: list[Fragment] = []
    for gram, adds in strongest:
        if not any(_overlap(gram, other.text) for other in kept):
            kept.append(Fragment(gram, adds))
        if len(kept) == most:
            break
    return [Fragment("".join(SHOWN.get(ord(sign), sign) for sign in one.text), one.adds) for one in kept]


def _grams(text: str, shortest: int, longest: int) -> list[str]:
    return [text[at : at + size] for size in range(shortest, longest + 1) for at in range(len(text) - size + 1)]


def _overlap(one: str, other: str) -> bool:
    """Whether two pieces share two characters side by side."""
    return any(one[at : at + 2] in other for at in range(len(one) - 1))


def _bucket(gram: str, bits: int) -> int:
    codes = np.array([ord(sign) for sign in gram], np.uint32)
    found = count(Codes(codes, np.array([0, len(codes)])), shortest=len(codes), longest=len(codes), bits=bits)
    return int(found.columns[0])

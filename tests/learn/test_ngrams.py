"""The compiled kernels count and score exactly what a plain reading of the definition gives."""

import math
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.learn.codes import code_points
from fanzha.learn.ngrams import add_scores, count

BITS = 14
MASK64 = (1 << 64) - 1


def bucket(gram: str) -> int:
    state = 0x51ED270B0A1F39C5
    for sign in gram:
        state = ((state ^ ord(sign)) * 0x9E3779B97F4A7C15) & MASK64
        state ^= state >> 29
    return (state >> 11) & ((1 << BITS) - 1)


def counted(text: str, shortest: int, longest: int) -> Counter[int]:
    sizes = range(shortest, longest + 1)
    return Counter(bucket(text[at : at + n]) for n in sizes for at in range(len(text) - n + 1))


@given(st.lists(st.text(max_size=30), max_size=6), st.integers(1, 2), st.integers(2, 5))
def test_counts_are_those_of_the_definition(texts: list[str], shortest: int, longest: int) -> None:
    found = count(code_points(pa.array(texts, pa.string())), shortest=shortest, longest=longest, bits=BITS)
    for row, text in enumerate(texts):
        part = slice(found.offsets[row], found.offsets[row + 1])
        pairs = dict(zip(found.columns[part].tolist(), found.counts[part].tolist(), strict=True))
        assert pairs == counted(text, shortest, longest)
        assert found.columns[part].tolist() == sorted(pairs)


@pytest.mark.parametrize("floor", [0.0, 30.0])
def test_scores_are_those_of_the_definition(floor: float) -> None:
    texts = ["加微信刷单日结", "", "aaaa aaaa", "您的快递到了"]
    draw = np.random.default_rng(1)
    weights = draw.normal(size=(1 << BITS, 3)).astype(np.float32)
    rarity = draw.uniform(0.5, 3, 1 << BITS).astype(np.float32)
    rarity[::3] = 0
    scores = np.zeros((len(texts), 3), np.float32)
    add_scores(code_points(pa.array(texts)), weights, rarity, scores, shortest=1, longest=3, floor=floor)
    for row, text in enumerate(texts):
        values = {b: (1 + math.log(n)) * float(rarity[b]) for b, n in counted(text, 1, 3).items() if rarity[b]}
        length = math.sqrt(sum(value * value for value in values.values()) + floor) or 1.0
        expected = sum((value * weights[b].astype(float) for b, value in values.items()), np.zeros(3)) / length
        assert scores[row] == pytest.approx(expected, abs=1e-5)

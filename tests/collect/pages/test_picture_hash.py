"""Pictures that are alike have alike hashes; icons are counted as Shodan counts them."""

import random

import pytest

from fanzha.collect.pages.picture_hash import SIDE, count_different_bits, hash_icon, hash_luminance


def picture(seed: int, noise: float = 0) -> list[float]:
    draw = random.Random(seed)
    boxes = [(draw.randrange(SIDE), draw.randrange(SIDE), draw.randrange(8, 30)) for _ in range(6)]
    trembling = random.Random(99)
    return [
        (30.0 if any(left <= x < left + side and top <= y < top + side for left, top, side in boxes) else 250.0)
        + trembling.uniform(-noise, noise)
        for y in range(SIDE)
        for x in range(SIDE)
    ]


def test_a_noisy_copy_is_near_and_another_picture_is_far() -> None:
    own = hash_luminance(picture(1))
    assert len(own) == 64
    assert count_different_bits(own, hash_luminance(picture(1, noise=6))) <= 24
    assert min(count_different_bits(own, hash_luminance(picture(seed))) for seed in range(2, 12)) > 50


@pytest.mark.parametrize("values", [[], [1.0] * 10, [255.0] * SIDE * SIDE, [float("nan")] * SIDE * SIDE])
def test_a_plain_or_malformed_picture_has_none(values: list[float]) -> None:
    assert hash_luminance(values) == "" and count_different_bits("", "ff") == 256


@pytest.mark.parametrize(("data", "expected"), [(b"", 0), (b"hello", 1155597304), (b"\x00\x01\x02icon", -623927187)])
def test_icons_have_the_hash_that_is_searched_for(data: bytes, expected: int) -> None:
    assert hash_icon(data) == expected

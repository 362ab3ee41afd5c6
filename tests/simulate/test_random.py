"""Generators depend on names alone, and keys are distinct and evenly distributed."""

import numpy as np

from fanzha.simulate._random import choose_by_hash, create_generator, generate_keys, sample_values


def test_the_same_words_draw_the_same_and_others_something_else() -> None:
    assert create_generator(1, "a").integers(0, 1 << 62) == create_generator(1, "a").integers(0, 1 << 62)
    assert create_generator(1, "a").integers(0, 1 << 62) != create_generator(2, "a").integers(0, 1 << 62)
    assert create_generator(1, "a").integers(0, 1 << 62) != create_generator(1, "b").integers(0, 1 << 62)


def test_keys_are_different_and_spread_over_all_bits() -> None:
    drawn = np.concatenate([generate_keys(50_000, 1, "a"), generate_keys(50_000, 1, "b")])
    assert np.unique(drawn).size == drawn.size
    bit_counts = [int((drawn >> np.uint64(bit) & np.uint64(1)).sum()) for bit in range(64)]
    assert min(bit_counts) > 48_000 and max(bit_counts) < 52_000


def test_some_are_drawn_from_the_values_given() -> None:
    assert set(sample_values(create_generator(1), np.array([3, 5, 8]), 200)) == {3, 5, 8}


def test_a_choice_is_the_same_for_the_same_value_and_even_though_values_lie_evenly_apart() -> None:
    values = 8_000 * np.arange(2_000)
    chosen = choose_by_hash(values, 8_000)
    assert (chosen == choose_by_hash(values, 8_000)).all()
    assert np.bincount(chosen, minlength=8_000).max() <= 5

"""The kernel gives what hashlib gives, for every length that a number's text can have."""

from hashlib import sha256

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.snapshot import number_key, number_text
from fanzha.screen.http._sha256 import hash_buckets

KEYS = st.one_of(st.integers(1, (1 << 50) - 1), st.integers(0, 50).map(lambda bits: max(1, (1 << bits) - 1)))


def expected(key: int) -> int:
    return int.from_bytes(sha256(number_text(key).encode()).digest()[:2], "big")


@given(st.lists(KEYS, max_size=40))
def test_ranges_are_the_first_bits_of_the_hash(keys: list[int]) -> None:
    assert hash_buckets(np.array(keys, np.uint64)).tolist() == [expected(key) for key in keys]


def test_numbers_of_every_length_and_short_ones_are_hashed_as_written() -> None:
    texts = [
        *("+" + "987654321012345"[:length] for length in range(1, 16)),
        "110",
        "95588",
        "4008000000",
        "12345678901",
    ]
    keys = [number_key(text) for text in texts]
    assert 0 not in keys
    buckets = hash_buckets(np.array(keys, np.uint64)).tolist()
    assert buckets == [int(sha256(text.encode()).hexdigest()[:4], 16) for text in texts]

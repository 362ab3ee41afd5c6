"""A list of prefixes is sent and updated as Safe Browsing v5 has it, and damage is noticed."""

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.hash_list import (
    ListUpdate,
    Prefixes,
    RiceDeltas,
    apply_update,
    decode_rice,
    encode_rice,
    find_removal_places,
    list_checksum,
    prefix_of,
    read_prefixes,
    write_prefixes,
)
from fanzha.claims.url_expressions import url_hash

#: The example of "Local Database": three hosts, Rice parameter 30.
EXAMPLE = ("a.example.com/", "b.example.com/", "y.example.com/")
EXAMPLE_CODE = RiceDeltas(489_866_504, 30, 2, b"t\x00\xd2\x97\x1b\xedIt\x00")
numbers = st.sets(st.integers(0, 0xFFFF_FFFF), max_size=80).map(lambda found: np.array(sorted(found), np.uint32))


def test_the_example_of_the_specification_is_written_and_read() -> None:
    prefixes = np.array(sorted(prefix_of(url_hash(name)) for name in EXAMPLE), np.uint32)
    assert encode_rice(prefixes) == EXAMPLE_CODE
    assert (decode_rice(EXAMPLE_CODE) == prefixes).all()
    data = b"".join(sorted(url_hash(name)[:4] for name in EXAMPLE))
    assert write_prefixes(prefixes) == data and (read_prefixes(data) == prefixes).all()
    assert list_checksum(prefixes) == sha256(data).digest()


@given(numbers)
def test_what_is_encoded_is_decoded(found: Prefixes) -> None:
    assert (decode_rice(encode_rice(found)) == found).all()


def test_dense_and_sparse_lists_are_encoded() -> None:
    dense = np.arange(5_000, dtype=np.uint32)
    encoded = encode_rice(dense)
    assert encoded is not None and encoded.parameter == 3 and (decode_rice(encoded) == dense).all()
    spread = np.unique(np.random.default_rng(1).integers(0, 2**32, 50_000, dtype=np.uint32))
    encoded = encode_rice(spread)
    assert encoded is not None and len(encoded.data) * 8 / len(spread) < 19
    assert (decode_rice(encoded) == spread).all()


@pytest.mark.parametrize(
    "code",
    [
        RiceDeltas(1, 30, 3, EXAMPLE_CODE.data),
        RiceDeltas(1, 2, 2, EXAMPLE_CODE.data),
        RiceDeltas(1, 31, 2, EXAMPLE_CODE.data),
        RiceDeltas(1, 30, -1, EXAMPLE_CODE.data),
        RiceDeltas(1, 30, 2**31 - 1, EXAMPLE_CODE.data),
        RiceDeltas(0xFFFF_FFFF, 30, 2, EXAMPLE_CODE.data),
        RiceDeltas(-1, 3, 0, b""),
        RiceDeltas(1, 3, 1, b"\xff\xff"),
        RiceDeltas(1, 3, 2, b"\x00\x00"),
    ],
    ids=["too few", "parameter 2", "parameter 31", "negative", "huge", "overflow", "below zero", "no end", "repeat"],
)
def test_a_damaged_code_is_refused(code: RiceDeltas) -> None:
    with pytest.raises(ValueError, match="Golomb-Rice"):
        decode_rice(code)


@given(numbers, numbers)
def test_an_update_turns_one_list_into_the_other(before: Prefixes, after: Prefixes) -> None:
    removed, added = np.setdiff1d(before, after), np.setdiff1d(after, before)
    places = find_removal_places(after, removed, added)
    assert (before[places] == removed).all()
    update = ListUpdate(b"2", True, places, added, list_checksum(after))
    assert (apply_update(before, update) == after).all()
    assert (apply_update(before, ListUpdate(b"2", False, places[:0], after, list_checksum(after))) == after).all()


def test_an_update_that_does_not_fit_is_refused() -> None:
    before, nothing = np.array([1, 2], np.uint32), np.zeros(0, np.uint32)
    with pytest.raises(ValueError, match="not in the list"):
        apply_update(before, ListUpdate(b"", True, np.array([2], np.uint32), nothing, list_checksum(before)))
    with pytest.raises(ValueError, match="checksum"):
        apply_update(before, ListUpdate(b"", True, nothing, np.array([3], np.uint32), list_checksum(before)))

"""A kit is known by a digest that says that it is one of a kit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds.kit import KIND


@given(st.binary(min_size=32, max_size=32))
def test_every_digest_with_its_name_is_one(digest: bytes) -> None:
    value = KIND.normalise(f" KIT: {digest.hex().upper()} ")
    assert value == f"kit:{digest.hex()}" and KIND.normalise(value) == KIND.mask(value) == value
    assert KIND.resembles(value) > 0.9 and KIND.misp_attribute(value) == ("sha256", digest.hex())
    assert KIND.stix_terms(value) == {"file:hashes.'SHA-256'": digest.hex()}


@pytest.mark.parametrize("raw", ["", "0a" * 32, "kit:0a", "apk:" + "0a" * 32])
def test_other_digests_are_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)
    assert KIND.resembles(raw) == 0

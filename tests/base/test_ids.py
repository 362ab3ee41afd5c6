"""Ids are the same for the same parts and different for any others."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.ids import derived_id, digest, short_code

PART = st.one_of(st.text(), st.integers(), st.binary())


def test_digest_is_pinned_so_that_stored_ids_stay_valid() -> None:
    assert digest("call", 7, b"\x00", None) == "5bdcdbc0a39d22bea4a6fe9f58cd8aac"  # b2sum -l 128


def test_size_is_counted_in_bytes() -> None:
    assert len(digest("a")) == 32
    assert len(digest("a", size=8)) == 16


def test_a_lone_surrogate_has_a_digest_too() -> None:
    assert digest("\ud800") != digest("\ud801")


@given(st.lists(PART, max_size=4), st.lists(PART, max_size=4))
def test_different_parts_give_different_digests(left: list[str | int | bytes], right: list[str | int | bytes]) -> None:
    same = [part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass") for part in left] == [
        part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass") for part in right
    ]
    assert (digest(*left) == digest(*right)) == same


@given(st.text(min_size=1), st.text(min_size=1))
def test_parts_cannot_run_into_each_other(first: str, second: str) -> None:
    assert digest(first + second) != digest(first, second)


def test_the_short_code_is_the_end_of_a_reference() -> None:
    assert short_code("01M8M2FTS0YPBB4H9XNXQH6R") == "#NXQH6R"


def test_a_derived_id_is_the_same_for_the_same_texts_and_sorts_by_its_moment() -> None:
    first, second = derived_id(1_700_000_000_000, "a", "b"), derived_id(1_700_000_000_001, "a", "b")
    assert first == derived_id(1_700_000_000_000, "a", "b") and len(first) == 26
    assert first < second and first != derived_id(1_700_000_000_000, "ab", "")

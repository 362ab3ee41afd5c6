"""A commitment binds to name and value, and says nothing without its salt."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.processes.log.commitment import SALT_BYTES, Personal, canonical, commitment, seal_personal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON, st.text(max_size=5), st.text(max_size=5))
def test_it_fits_its_own_name_and_value_alone(value: object, other_value: object, name: str, another: str) -> None:
    first, second, salt = canonical(value), canonical(other_value), bytes(SALT_BYTES)
    same = (name, first) == (another, second)
    if "\0" not in name + another:
        assert (commitment(name, salt, first) == commitment(another, salt, second)) == same


@given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=6))
def test_keys_in_any_order_are_the_same_text(value: dict[str, int]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_the_same_value_twice_cannot_be_told_to_be_the_same() -> None:
    first, second = (seal_personal(Personal("number", "subject-1", "+8617000000001")) for _ in range(2))
    assert first.value == second.value and first.salt != second.salt and len(first.salt) == SALT_BYTES
    assert commitment("number", first.salt, first.value) != commitment("number", second.salt, second.value)

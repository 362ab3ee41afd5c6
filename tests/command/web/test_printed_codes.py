"""Printed codes are read as people write them, and a wrong character is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.web.printed_codes import ALPHABET, check_character, hash_code, make_code, read_code

pytestmark = pytest.mark.usefixtures("home")
BODIES = st.text(ALPHABET, min_size=9, max_size=9)


def make(seed: str, key: str = "codes") -> str:
    return make_code(key, seed, 10, 5)


def test_a_seed_gives_the_same_code_again_and_another_seed_or_key_another() -> None:
    assert make("a") == make("a") and len({make("a"), make("b"), make("a", "others")}) == 3
    assert [len(group) for group in make("a").split("-")] == [5, 5]


def test_a_code_is_read_in_small_letters_with_spaces_and_misread_letters() -> None:
    code = make("a")
    assert read_code(f" {code.lower().replace('-', ' ')} ", 10, 5) == code
    assert read_code(code.replace("0", "O").replace("1", "l"), 10, 5) == code


@pytest.mark.parametrize("written", ["", "7K3M", "!!!!!-!!!!!", "7K3M0-7K3M0-7K3M0"])
def test_what_is_no_code_is_nothing(written: str) -> None:
    assert read_code(written, 10, 5) == ""


@given(BODIES, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_every_wrong_character_is_found(body: str, position: int, wrong: str) -> None:
    code = body + check_character(body)
    changed = code[:position] + wrong + code[position + 1 :]
    assert (read_code(changed, 10, 5) != "") == (changed == code)


def test_only_a_keyed_hash_of_a_code_is_stored() -> None:
    assert make("a") not in hash_code("codes", make("a"))
    assert hash_code("codes", make("a")) != hash_code("others", make("a"))

"""Receipt codes are read as people write them, and a wrong character is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.reports.receipts import ALPHABET, check_character, hash_receipt, make_receipt, read_receipt

pytestmark = pytest.mark.usefixtures("home")
BODIES = st.text(ALPHABET, min_size=15, max_size=15)


def test_a_form_gives_the_same_code_again_and_another_form_another() -> None:
    assert make_receipt("a") == make_receipt("a") != make_receipt("b")
    assert [len(group) for group in make_receipt("a").split("-")] == [4, 4, 4, 4]


def test_a_code_is_read_in_small_letters_with_spaces_and_misread_letters() -> None:
    code = make_receipt("a")
    assert read_receipt(f" {code.lower().replace('-', ' ')} ") == code
    assert read_receipt(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("written", ["", "7K3M", "!!!!-!!!!-!!!!-!!!!", "7K3M-0A9T-7K3M-0A9T-7K3M"])
def test_what_is_no_code_is_nothing(written: str) -> None:
    assert read_receipt(written) == ""


@given(BODIES, st.integers(0, 15), st.sampled_from(ALPHABET))
def test_every_wrong_character_is_found(body: str, position: int, wrong: str) -> None:
    code = body + check_character(body)
    changed = code[:position] + wrong + code[position + 1 :]
    assert (read_receipt(changed) != "") == (changed == code)


def test_only_a_keyed_hash_of_a_code_is_stored() -> None:
    assert make_receipt("a") not in hash_receipt(make_receipt("a"))
    assert len(hash_receipt(make_receipt("a"))) == 64

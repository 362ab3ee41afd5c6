"""Receipt codes are derived from the nonce of a form and read as people write them."""

import pytest

from fanzha.command.reports.receipts import hash_receipt, make_receipt, read_receipt

pytestmark = pytest.mark.usefixtures("home")


def test_a_form_gives_the_same_code_again_and_another_form_another() -> None:
    assert make_receipt("a") == make_receipt("a") != make_receipt("b")
    assert [len(group) for group in make_receipt("a").split("-")] == [4, 4, 4, 4]


def test_a_code_is_read_as_it_is_typed() -> None:
    code = make_receipt("a")
    assert read_receipt(f" {code.lower().replace('-', ' ')} ") == code
    assert read_receipt("7K3M") == ""


def test_only_a_keyed_hash_of_a_code_is_stored() -> None:
    assert make_receipt("a") not in hash_receipt(make_receipt("a"))

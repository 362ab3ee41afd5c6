"""Notice codes are printed in two groups, and the proof is what the holder knows of the value."""

import pytest

from fanzha.command.notices import notice_codes as codes

pytestmark = pytest.mark.usefixtures("home")


def test_a_new_generation_gives_another_code_and_other_digits() -> None:
    first, second = codes.make_notice_code("A" * 26, 1), codes.make_notice_code("A" * 26, 2)
    assert first != second and [len(group) for group in first.split("-")] == [5, 5]
    assert codes.read_notice_code(first.lower().replace("-", "")) == first
    assert codes.make_pin("A" * 26, 1) != codes.make_pin("A" * 26, 2)
    assert len(codes.make_pin("A" * 26, 1)) == 4


def test_the_proof_of_a_number_is_its_end_and_of_a_hashed_document_nothing() -> None:
    assert codes.value_proof("phone_number", "+8617000001234") == "1234"
    assert codes.value_proof("person", "p1:0123456789abcdef") == ""
    assert codes.value_proof("website", "shop.example") == ""


def test_a_proof_is_compared_without_spaces_and_small_letters() -> None:
    assert codes.hash_proof("ref", " 12 3x") == codes.hash_proof("ref", "123X") != codes.hash_proof("other", "123X")


def test_codes_receipts_and_secrets_of_a_gateway_have_nothing_in_common() -> None:
    code, receipt = codes.make_notice_code("A", 1), codes.make_appeal_receipt("A", 1)
    assert codes.read_appeal_receipt(receipt) == receipt and codes.read_appeal_receipt(code) == ""
    assert codes.hash_notice_code(receipt) != codes.hash_appeal_receipt(receipt)
    assert codes.make_gateway_secret("A:1") != codes.make_gateway_secret("A:2")

"""A SIM card is known by ICCID or IMSI, and its issuer by either."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.sim_card import KIND


def facts(value: str) -> dict[str, object]:
    return {fact.name: fact.words.en for fact in KIND.describe(value)}


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("8986 0012 3456 7890 1234", "89860012345678901234"),
        ("ICCID: 898600123456789012F", "898600123456789012"),
        ("460-15-1234567890", "460151234567890"),
        ("IMSI：460011234567890", "460011234567890"),
    ],
)
def test_either_identifier_is_read_with_its_separators(raw: str, canonical: str) -> None:
    assert KIND.normalise(raw) == canonical


@pytest.mark.parametrize("raw", ["", "8986", "0" * 15, "46001123456789", "898600" + "1" * 20, "46001123456789x"])
def test_other_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


@pytest.mark.parametrize(
    ("code", "network"),
    [("00", "China Mobile"), ("01", "China Unicom"), ("11", "China Telecom"), ("15", "China Broadnet")],
)
def test_the_issuer_is_told_by_imsi_and_iccid(code: str, network: str) -> None:
    assert facts(f"460{code}1234567890")["network"] == network
    assert facts(f"8986{code}12345678901234")["issuer"] == network


def test_a_network_that_is_not_in_the_table_is_said_to_be_so() -> None:
    assert facts("460991234567890")["network"] == "99 (not in the table)"
    assert facts("262011234567890")["country"] == "262 (not in the table)"


def test_the_check_digit_of_an_iccid_is_told() -> None:
    assert facts("89860000000000000004")["check_digit"] == "wrong, or written without it"
    assert facts("89860000000000000001")["check_digit"] == "holds"


def test_a_chinese_imsi_resembles_a_card_more_than_other_15_digits_do() -> None:
    assert KIND.resembles("460011234567890") > KIND.resembles("262011234567890") > KIND.resembles("110")


def test_the_mask_hides_the_serial_number() -> None:
    assert KIND.mask("460011234567890") == "460011•••••••90"

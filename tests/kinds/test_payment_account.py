"""A payment account is known by its check sum; a wrong one is told, or makes it none."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.payment_account import KIND, card_issuers

CARD = "6222021234567890128"  # made up; the check digit holds


def facts(value: str) -> dict[str, object]:
    return {fact.name: fact.words.en for fact in KIND.describe(value)}


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("6222 0212 3456 7890 128", f"card:{CARD}"),
        ("card:6222021234567890128", f"card:{CARD}"),
        ("gb82 west 1234 5698 7654 32", "iban:GB82WEST12345698765432"),
        ("2088123456789012", "alipay:2088123456789012"),
        ("支付宝：Anna@mail.example", "alipay:anna@mail.example"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "wallet:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        ("0xDE0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "wallet:0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae"),
    ],
)
def test_every_sort_of_account_is_read(raw: str, canonical: str) -> None:
    assert KIND.normalise(raw) == canonical


@pytest.mark.parametrize(
    "raw", ["", "12345", "GB82WEST12345698765431", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", "cash:1", "alipay:", "card:x"]
)
def test_other_text_and_wrong_sums_are_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_a_card_tells_scheme_issuer_and_check_digit() -> None:
    assert facts(f"card:{CARD}") == {
        "sort": "bank card",
        "scheme": "UnionPay",
        "issuer": "ICBC",
        "check_digit": "holds",
    }
    assert facts("card:6222021234567890129")["check_digit"] == "wrong"


def test_an_iban_tells_its_country_and_a_wallet_its_chain() -> None:
    assert facts("iban:GB82WEST12345698765432")["country"] == "United Kingdom"
    assert facts("wallet:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")["chain"] == "tron"


def test_issuers_are_five_or_six_digits_with_names_in_both_languages() -> None:
    assert len(card_issuers()) > 60
    assert all(len(first) in (5, 6) and first.isdigit() and zh and en for first, (zh, en) in card_issuers().items())


def test_the_mask_keeps_issuer_and_last_four() -> None:
    assert KIND.mask(f"card:{CARD}") == "card:622202•••••••••0128"
    assert KIND.mask("alipay:anna@m.example") == "alipay:an••••••••••le"
    assert KIND.mask("wechat_pay:anna") == "wechat_pay:an••••"


def test_a_card_of_a_known_issuer_resembles_one_most() -> None:
    assert KIND.resembles(CARD) > KIND.resembles("6299991234567890121") >= KIND.resembles("6222021234567890129")

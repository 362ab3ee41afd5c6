"""An organisation is known by its code, whose check character and registrar are told."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.organization import KIND, check_holds

CREDIT = "91350100M000100Y43"  # the published example of GB 32100


def facts(value: str) -> dict[str, object]:
    return {fact.name: fact.words.en for fact in KIND.describe(value)}


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("91350100m000100y43", CREDIT),
        (f"USCC: {CREDIT}", CREDIT),
        ("110108000000016", "reg:110108000000016"),
        ("D2143569-X", "org:D2143569X"),
    ],
)
def test_codes_are_read(raw: str, canonical: str) -> None:
    assert KIND.normalise(raw) == canonical
    assert check_holds(canonical)


@pytest.mark.parametrize("raw", ["", "9135", "91350100M000100YO3", "91350100M000100IY3", "D2143569-Y", "1" * 19])
def test_other_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_a_credit_code_tells_registrar_and_place() -> None:
    assert facts(CREDIT) == {
        "code": "unified social credit code",
        "check_digit": "holds",
        "registrar": "market regulation",
        "place": "福建省福州市",
    }


def test_a_wrong_check_character_is_told_and_not_refused() -> None:
    assert facts(KIND.normalise("91350100M000100Y44"))["check_digit"] == "wrong"
    assert KIND.resembles(CREDIT) > KIND.resembles("91350100M000100Y44")


def test_an_organisation_is_shown() -> None:
    assert KIND.mask(CREDIT) == CREDIT

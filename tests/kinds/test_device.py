"""A device is the same device with and without check digit or software version."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.device import KIND, is_fabricated

IMEI = "490154203237518"


@pytest.mark.parametrize(
    "raw",
    [IMEI, "49015420323751", "490154203237510", "4901542032375107", "49-015420-323751-8", "IMEI: 490154203237518"],
)
def test_every_way_of_writing_a_device_is_one_device(raw: str) -> None:
    assert KIND.normalise(raw) == IMEI


def test_a_wrong_check_digit_stays_for_it_is_a_sign() -> None:
    value = KIND.normalise("490154203237511")
    assert value == "490154203237511"
    assert {fact.name: fact.value for fact in KIND.describe(value)}["check_digit"] is False


@pytest.mark.parametrize(
    "raw", ["", "4901542032375", "49015420323751234", "４９０１５４２０３２３７５１８", "A0000012345678"]
)
def test_other_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


@pytest.mark.parametrize("raw", ["0" * 14, "11111111111111", "12345678901234", "00000000123456", "35693803000000"])
def test_a_made_up_number_is_seen(raw: str) -> None:
    value = KIND.normalise(raw)
    assert is_fabricated(value)
    assert "made_up" in [fact.name for fact in KIND.describe(value)]


def test_a_real_number_is_not_called_made_up() -> None:
    assert not is_fabricated(IMEI)
    assert "made_up" not in [fact.name for fact in KIND.describe(IMEI)]


def test_the_type_and_who_gave_it_are_told() -> None:
    facts = {fact.name: fact.words.en for fact in KIND.describe("861234567890128")}
    assert (facts["tac"], facts["reporting_body"]) == ("86123456", "TAF (China)")


def test_the_mask_keeps_the_type_alone() -> None:
    assert KIND.mask(IMEI) == "49015420•••••••"


def test_a_number_with_body_and_check_digit_resembles_a_device_most() -> None:
    assert KIND.resembles(IMEI) > KIND.resembles("490154203237511") > KIND.resembles("210154203237511")

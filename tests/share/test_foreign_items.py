"""Links and hashes of files may leave, nothing personal does, and texts that may hold a number are left out."""

import pytest
from tests.share.shared_items import OF_EACH_KIND, campaign, verdict

from fanzha.base.words import Words
from fanzha.share.foreign_items import (
    CAMPAIGN,
    FOREIGN_KIND_WORDS,
    ForeignKind,
    foreign_kind,
    holds_personal_data,
    leaves_as,
    without_numbers,
)
from fanzha.share.items import SharedVerdict


def test_only_links_and_hashes_of_files_may_leave() -> None:
    found = {kind: foreign_kind(kind, value) for kind, value in OF_EACH_KIND.items()}
    assert {kind: where for kind, where in found.items() if where} == {
        "website": ForeignKind.LINK,
        "app": ForeignKind.FILE_HASH,
        "kit": ForeignKind.KIT,
        "number_range": ForeignKind.NUMBER_RANGE,
    }
    assert foreign_kind("app", "com.example.app") is None and foreign_kind("unknown", "x") is None


def test_items_leave_as_what_they_are() -> None:
    assert leaves_as(campaign()) == CAMPAIGN and leaves_as(verdict("website", "a.example")) == "link"
    assert leaves_as(verdict("phone_number", "+8617000000001")) == ""


def test_a_reason_with_a_number_is_left_out_and_another_stays() -> None:
    number = verdict("website", "a.example", reason=Words("拨打 170-0000-0001", "call"), ingress="GW")
    left = without_numbers(number)
    assert isinstance(left, SharedVerdict) and not any(left.reason) and not left.ingress
    plain = verdict("website", "a.example")
    assert without_numbers(plain) == plain and without_numbers(campaign()) == campaign()


@pytest.mark.parametrize(
    "item",
    [
        verdict("website", "17000000001.example"),
        verdict("website", "a.example", licence="tel:+8617000000001"),
        verdict("website", "a.example", fraud_type="17000000001"),
        campaign(title=Words("团伙", "gang of 170 0000 0001")),
    ],
    ids=["host", "licence", "fraud type", "title"],
)
def test_what_cannot_be_left_out_holds_an_item_back(item: SharedVerdict) -> None:
    assert holds_personal_data(item)


def test_others_are_not_held_back() -> None:
    assert not holds_personal_data(campaign()) and not holds_personal_data(verdict("app", "apk:" + "0a" * 32))
    assert FOREIGN_KIND_WORDS.keys() == set(ForeignKind)

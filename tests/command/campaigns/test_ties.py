"""What a finding's subject has in common with others is read of its evidence; what is masked or empty ties nobody."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.command.campaigns.findings import incoming
from tests.findings import finding

from fanzha.command.campaigns.ties import (
    BANDS,
    MAX_SUBJECTS,
    MIN_TEXT_LENGTH,
    NAME_RANK,
    TieKey,
    extract_ties,
    minhash_keys,
)
from fanzha.command.campaigns.titles import TIE_WORDS

TEXT = "【示例快递】您的包裹因地址不详无法派送，请点击链接补充地址，逾期将退回发件人，详询客服专线"


def ties(evidence: dict[str, Any] | None = None, **changes: Any) -> list[TieKey]:
    values = {"subject_kind": "call", "subject": "c1", **changes}
    return list(extract_ties(incoming(finding(evidence=json.dumps(evidence or {}), **values))))


@pytest.mark.parametrize(
    ("evidence", "kind", "value"),
    [
        ({"trunk": "IGW-FIC-07"}, "trunk", "IGW-FIC-07"),
        ({"device": "dev-1"}, "device", "dev-1"),
        ({"kit": "kit-9"}, "kit", "kit-9"),
        ({"url": "http://pay.login.example.com/x"}, "domain", "example.com"),
        ({"host": "www.example.org"}, "domain", "example.org"),
        ({"outlet": "outlet-3"}, "outlet", "outlet-3"),
        ({"handles": ["sure_win_77"]}, "contact", "sure_win_77"),
    ],
)
def test_each_thing_in_common_is_a_tie(evidence: dict[str, Any], kind: str, value: str) -> None:
    assert [(one.kind, one.value) for one in ties(evidence)] == [(kind, value)]


@pytest.mark.parametrize("name", ["trunk", "device", "kit", "outlet", "handles", "text", "url", "host", "registrable"])
@pytest.mark.parametrize("value", [7, [1], {"a": [2]}, True, "", " "])
def test_what_is_no_text_ties_nobody_and_stops_nothing(name: str, value: Any) -> None:
    assert ties({name: value}) == []
    (own,) = ties({name: value}, subject_kind="outlet", subject="outlet-3")
    assert (own.kind, own.value) == ("outlet", "OUTLET-3")


def test_a_number_is_tied_by_its_block_and_detector() -> None:
    (one,) = ties(subject_kind="phone_number", subject="+8617000001234")
    (same,) = ties(subject_kind="phone_number", subject="+8617000009999")
    (other,) = ties(subject_kind="phone_number", subject="+8617000001234", detector="another")
    assert (one.kind, one.value) == ("range", "+861700000••••") and one.key == same.key != other.key


def test_who_is_to_be_warned_is_tied_to_no_neighbour() -> None:
    assert ties(subject_kind="phone_number", subject="+8617000001234", fraud_type="victim_at_risk") == []


def test_a_trunk_or_device_ties_as_subject_and_as_evidence_alike() -> None:
    assert ties(subject_kind="trunk", subject="IGW-FIC-07")[0].key == ties({"trunk": "IGW-FIC-07"})[0].key


def test_texts_are_tied_by_their_keys_whatever_their_first_words() -> None:
    one, other = ({tie.key for tie in ties({"text": text})} for text in (TEXT, "您好，" + TEXT))
    assert one & other


def test_an_outlet_ties_within_a_day() -> None:
    day = 86_400_000
    keys = {ties({"outlet": "o"}, found_at=at, valid_until=at + day)[0].key for at in (day * 20_000, day * 20_001)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    "evidence", [{"trunk": " "}, {"trunk": 7}, {"handles": ["a•••b"]}, {"url": "not a site"}, {"text": "short"}]
)
def test_what_says_nothing_ties_nobody(evidence: dict[str, Any]) -> None:
    assert ties(evidence) == []


def test_every_kind_of_tie_has_its_most_and_its_rank() -> None:
    assert set(MAX_SUBJECTS) == set(NAME_RANK)


def test_the_reference_page_tells_every_tie_and_its_most() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "subjects.md").read_text("utf-8")
    for kind, most in MAX_SUBJECTS.items():
        words = TIE_WORDS[kind]
        row = next((line for line in page.splitlines() if line.startswith(f"| {words.en} {words.zh} |")), "")
        assert kind == "hand" or row.endswith(f"| {most:,} |"), kind


PARCEL = "【示例快递】尊敬的客户，您的包裹因地址不详无法派送，请点击链接补充地址，逾期将退回发件人，详询客服专线"
LOAN = "示例金融提醒：您已获得专属信用额度，无需抵押当天到账，回复数字一即可办理，利息低至每日万分之二，名额有限"


def meet(one: str, other: str) -> bool:
    return bool(set(minhash_keys(one)) & set(minhash_keys(other)))


def test_numbers_links_and_signs_do_not_count() -> None:
    assert minhash_keys(f"{PARCEL} http://a.example/x 138") == minhash_keys(f"{PARCEL}!! https://b.example/y?z=1 997")


def test_a_changed_word_still_meets_and_another_text_does_not() -> None:
    assert meet(PARCEL, PARCEL.replace("专线", "热线"))
    assert not meet(PARCEL, LOAN)


@given(st.text(max_size=MIN_TEXT_LENGTH - 1))
def test_a_short_text_has_no_keys(text: str) -> None:
    assert len(minhash_keys(text)) in (0, BANDS)  # folding may lengthen it
    assert minhash_keys("你好" * 3) == []


@given(st.text(min_size=40))
def test_keys_are_always_the_same(text: str) -> None:
    assert minhash_keys(text) == minhash_keys(text)

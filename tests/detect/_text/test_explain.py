"""Reasons name each demand and each contact in both languages; the evidence masks long numbers."""

from fanzha.base.words import Words
from fanzha.brands.table import load_shipped_brands
from fanzha.demands import find_demands
from fanzha.detect._text.explain import ScoredText, build_evidence, build_reasons
from fanzha.learn.fragments import Fragment
from fanzha.models.families.contacts import Contacts
from fanzha.models.message_type import TypeGuess

ALARMS = Words("千分之一误报水平", "read at 0.1 % false alarms")
PIECES = (Fragment("刷单", 1.25),)


def test_every_contact_is_named_in_both_languages() -> None:
    bank = next(brand for brand in load_shipped_brands().brands if brand.domain == "icbc.com.cn")
    contacts = Contacts(
        links=("http://a.example",), hosts=("a.example",), numbers=("19900001234",), handles=("加微信 abcd0",),
        signature="虚构科技", brand=bank, signed_by_other=True, leads_elsewhere=True,
    )  # fmt: skip
    scored = ScoredText("x", 0.9, 0.8, PIECES, (), contacts, TypeGuess("phishing", 0.7, True))
    said = build_reasons(scored, 3, ALARMS)
    english = " ".join(words.en for words in said)
    for part in ("刷单", "0.900", "0.1 %", "phishing", "a.example", "虚构科技", "abcd0", "199••••••34", "3 times"):
        assert part in english
    assert all(words.zh for words in said)


def test_a_type_that_is_not_sure_is_said_to_be_so_and_an_imitated_brand_names_it_without_the_share() -> None:
    guess = TypeGuess("fake_bank", 0.3, False)
    unsure = ScoredText("x", 0.9, 0.9, (), (), Contacts(), guess)
    assert unsure.fraud_type == "other"
    assert "type not sure, closest: impersonated bank (0.30)" in build_reasons(unsure, 1, ALARMS)[1].en
    bank = next(brand for brand in load_shipped_brands().brands if brand.domain == "icbc.com.cn")
    imitating = ScoredText("x", 0.9, 0.9, (), (), Contacts(links=("http://a.example",), imitates=bank), guess)
    assert imitating.fraud_type == "phishing"
    assert not any("0.30" in words.en for words in build_reasons(imitating, 1, ALARMS))


def test_a_demand_is_named_with_its_words_and_replaces_the_pieces() -> None:
    text = "您好，请把验证码报给我，我帮您把款退回去"
    scored = ScoredText(text, 0.9, 0.9, PIECES, tuple(find_demands(text)))
    said = build_reasons(scored, 1, ALARMS)
    assert any("验证码" in words.zh and "索要" in words.zh for words in said[1:])
    assert not any("刷单" in words.zh for words in said)
    assert "code" in build_evidence(scored, {"sender": None}, 1)["demands"]  # type: ignore[operator]


def test_what_a_text_forbids_is_no_demand() -> None:
    text = "请勿将验证码告诉任何人"
    assert ScoredText(text, 0.9, 0.9, (), tuple(find_demands(text))).reader_demands == ()


def test_evidence_leaves_out_what_is_not_there_and_masks_numbers() -> None:
    known = build_evidence(ScoredText(text="致电19900001234", score=0.5, words_score=0.5), {"sender": None}, 1)
    assert known == {"text": "致电199••••••34", "words_score": 0.5, "copies": 1}

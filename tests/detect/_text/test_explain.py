"""Reasons name each sign in both languages; the evidence masks long numbers."""

from fanzha.base.words import Words
from fanzha.brands.table import load_shipped_brands
from fanzha.detect._text.explain import build_evidence, build_reasons
from fanzha.detect._text.scoring import ScoredText
from fanzha.learn.fragments import Fragment

ALARMS = Words("千分之一误报水平", "read at 0.1 % false alarms")
PIECES = [Fragment("刷单", 1.25)]


def test_every_sign_is_named_in_both_languages() -> None:
    bank = next(brand for brand in load_shipped_brands().brands if brand.domain == "icbc.com.cn")
    scored = ScoredText(
        text="x", model_score=0.9, score=0.99, links=("http://a.example",), hosts=("a.example",),
        numbers=("19900001234",),
        handles=("加微信 abcd0",), signature="虚构科技", brand=bank, signed_by_other=True, leads_elsewhere=True,
    )  # fmt: skip
    said = build_reasons(scored, PIECES, "phishing", 0.7, 3, ALARMS)
    english = " ".join(words.en for words in said)
    for part in ("刷单", "0.900", "0.1 %", "phishing", "a.example", "虚构科技", "abcd0", "199••••••34", "3 times"):
        assert part in english
    assert all(words.zh for words in said)


def test_evidence_leaves_out_what_is_not_there_and_masks_numbers() -> None:
    known = build_evidence(ScoredText(text="致电19900001234", model_score=0.5, score=0.5), [], {"sender": None}, 1)
    assert known == {"text": "致电199••••••34", "words_score": 0.5, "copies": 1}

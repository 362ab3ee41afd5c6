"""International names get one canonical form and show what a hurried eye reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds.web.unicode_names import (
    ascii_host,
    fold_confusables,
    fold_traditional,
    scripts,
    skeleton,
    unicode_host,
)


@pytest.mark.parametrize(
    ("raw", "host"),
    [
        ("WWW.Icbc.Com.CN.", "www.icbc.com.cn"),
        ("ｉｃｂｃ。ｃｏｍ．ｃｎ", "icbc.com.cn"),
        ("工商银行.中国", "xn--czr93rq40bruk.xn--fiqs8s"),
        ("аpple.com", "xn--pple-43d.com"),
        ("😀.ws", "xn--e28h.ws"),
        ("ic\u200bbc.com", "icbc.com"),
    ],
)
def test_host_has_one_canonical_form(raw: str, host: str) -> None:
    assert ascii_host(raw) == host


@pytest.mark.parametrize("raw", ["", "localhost", "a..b", "-a.com", "a.com-", "1.2.3.4", "a b.com", "x" * 300 + ".com"])
def test_what_cannot_be_a_host_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        ascii_host(raw)


@pytest.mark.parametrize(
    ("label", "seen"),
    [("аррӏе", "apple"), ("ｇооgle", "google"), ("miсrоsоft", "microsoft"), ("ьank", "bank"), ("һsbc", "hsbc")],
)
def test_look_alikes_fold_to_latin_with_the_gaps_of_the_table_filled(label: str, seen: str) -> None:
    assert fold_confusables(label) == seen


def test_skeleton_folds_digits_read_as_letters() -> None:
    assert skeleton("PAYPA1") == skeleton("paypal") == skeleton("pay-pai")


def test_traditional_chinese_folds_to_simplified() -> None:
    assert fold_traditional("中國銀行") == "中国银行"


def test_mixed_scripts_are_named() -> None:
    assert scripts("аpple") == {"CYRILLIC", "LATIN"}


@given(st.text(max_size=80))
def test_any_text_is_a_host_or_malformed(text: str) -> None:
    try:
        host = ascii_host(text)
    except Malformed:
        return
    assert host.isascii()
    assert ascii_host(host) == host
    assert unicode_host(host)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789-", max_size=40))
def test_any_punycode_label_is_shown_or_left(label: str) -> None:
    assert unicode_host(f"xn--{label}.com").endswith(".com")

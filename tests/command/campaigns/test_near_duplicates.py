"""Texts that differ in numbers, links and a few words meet; others do not."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.campaigns.near_duplicates import BANDS, SHORTEST, keys_of_text

PARCEL = "【示例快递】尊敬的客户，您的包裹因地址不详无法派送，请点击链接补充地址，逾期将退回发件人，详询客服专线"
LOAN = "示例金融提醒：您已获得专属信用额度，无需抵押当天到账，回复数字一即可办理，利息低至每日万分之二，名额有限"


def meet(one: str, other: str) -> bool:
    return bool(set(keys_of_text(one)) & set(keys_of_text(other)))


def test_numbers_links_and_signs_do_not_count() -> None:
    assert keys_of_text(f"{PARCEL} http://a.example/x 138") == keys_of_text(f"{PARCEL}!! https://b.example/y?z=1 997")


def test_a_changed_word_still_meets_and_another_text_does_not() -> None:
    assert meet(PARCEL, PARCEL.replace("专线", "热线"))
    assert not meet(PARCEL, LOAN)


@given(st.text(max_size=SHORTEST - 1))
def test_a_short_text_has_no_keys(text: str) -> None:
    assert len(keys_of_text(text)) in (0, BANDS)  # folding may lengthen it
    assert keys_of_text("你好" * 3) == []


@given(st.text(min_size=40))
def test_keys_are_always_the_same(text: str) -> None:
    assert keys_of_text(text) == keys_of_text(text)

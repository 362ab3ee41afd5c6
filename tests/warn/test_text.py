"""An ordinary text is kept and has room for advice."""

from hypothesis import given
from hypothesis import strategies as st
from tests.warn.notices import GATEWAY, NOTICE

from fanzha.base.words import Words
from fanzha.warn.text import CHANNEL


def test_it_has_no_class_and_carries_the_advice() -> None:
    built = CHANNEL.build(NOTICE, GATEWAY)
    assert "X-Kannel-MClass" not in built.headers
    assert built.body.decode() == (
        "境外来电：美国。勿透露验证码。\nCall from abroad: United States. Tell nobody a code."
    )


def test_without_advice_it_says_what_is_the_matter() -> None:
    built = CHANNEL.build(NOTICE._replace(words=Words("请留意。", "Take care."), advice=Words("", "")), GATEWAY)
    assert built.body.decode() == "请留意。\nTake care."


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_fits_three_parts(zh: str, en: str) -> None:
    body = CHANNEL.build(NOTICE._replace(words=Words(zh, en), advice=Words(en, zh)), GATEWAY).body
    assert len(body.decode().encode("utf-16-be")) <= 3 * 134

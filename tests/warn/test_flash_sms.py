"""A flash SMS is of class 0, in UCS-2, and one message."""

from hypothesis import given
from hypothesis import strategies as st
from tests.warn.notices import GATEWAY, NOTICE

from fanzha.base.words import Words
from fanzha.warn.flash_sms import CHANNEL


def test_it_is_shown_at_once_and_says_only_what_matters() -> None:
    built = CHANNEL.build(NOTICE, GATEWAY)
    assert (built.headers["X-Kannel-MClass"], built.headers["X-Kannel-Coding"]) == ("0", "2")
    assert built.body.decode() == "境外来电：美国\nCall from abroad: United States"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_fits_one_message(zh: str, en: str) -> None:
    body = CHANNEL.build(NOTICE._replace(words=Words(zh, en)), GATEWAY).body
    assert len(body.decode().encode("utf-16-be")) <= 140

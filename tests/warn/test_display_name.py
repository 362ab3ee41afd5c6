"""A display name is a quoted-string of RFC 3261 that ends where it should."""

import re

from hypothesis import given
from hypothesis import strategies as st
from tests.warn.notices import GATEWAY, NOTICE

from fanzha.base.words import Words
from fanzha.warn import WarningNotice
from fanzha.warn.display_name import CHANNEL, MOST_BYTES

QUOTED_STRING = re.compile(rb'"([\x09\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\x00-\x09\x0b\x0c\x0e-\x7f])*"')


def shown(zh: str, en: str = "") -> bytes:
    return CHANNEL.build(WarningNotice("", Words(zh, en)), GATEWAY).body


def test_a_country_is_shown_in_both_languages() -> None:
    assert CHANNEL.build(NOTICE, GATEWAY).body.decode() == '"境外来电：美国 Call from abroad: United States"'


def test_a_quote_does_not_end_the_name() -> None:
    assert shown('a" <sip:b@c>;x="\\') == rb'"a\" <sip:b@c>;x=\"\\"'


def test_what_is_too_long_for_both_is_shown_in_chinese() -> None:
    assert shown("境外来电", "x" * 120).decode() == '"境外来电"'


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_name_is_one_quoted_string_within_its_bound(zh: str, en: str) -> None:
    name = shown(zh, en)
    assert QUOTED_STRING.fullmatch(name) and len(name) <= MOST_BYTES

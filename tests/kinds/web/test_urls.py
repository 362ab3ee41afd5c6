"""A link is taken apart the way a browser does it, whatever bait it carries."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds.web.urls import LONGEST, locate, refang


@pytest.mark.parametrize(
    ("raw", "host"),
    [
        ("https://www.icbc.com.cn@evil.example:8080/x?y", "evil.example"),
        ("http://www.icbc.com.cn%2eevil.example/", "www.icbc.com.cn.evil.example"),
        ("hxxps://a[.]b[.]example", "a.b.example"),
        ("h**p://a(dot)example", "a.example"),
        ("http:\\\\a.example\\www.icbc.com.cn", "a.example"),
        ("http://3221225985/", "192.0.2.1"),
        ("http://[::ffff:192.0.2.1]:80/", "192.0.2.1"),
        ("//a.example/x", "a.example"),
        ("ｈｔｔｐ：／／ａ．ｅｘａｍｐｌｅ／ｘ", "a.example"),
        ("ht\ntp://a.exam\tple", "a.example"),
    ],
)
def test_host_is_where_the_link_leads(raw: str, host: str) -> None:
    assert locate(raw).host == host


def test_bait_before_the_at_sign_is_kept_as_evidence() -> None:
    place = locate("https://www.icbc.com.cn@evil.example:8080/x")
    assert (place.user, place.port, place.path_query_fragment) == ("www.icbc.com.cn", 8080, "/x")
    assert place.url == "https://evil.example:8080/x"


@pytest.mark.parametrize("raw", ["", "http://", "http://a.example:99999/", "http://" + "a" * 9_000, "mailto:x"])
def test_what_leads_nowhere_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        locate(raw)


@given(st.text(max_size=120))
def test_any_text_leads_somewhere_or_is_malformed(text: str) -> None:
    for raw in (text, f"http://{text}", f"http://a.example/{text}"):
        try:
            place = locate(raw)
        except Malformed:
            continue
        assert locate(place.url).host == place.host


def test_a_text_of_blanks_takes_no_longer_than_any_other() -> None:
    began = process_time()
    for text in (" " * LONGEST, "a" + "\t" * (LONGEST - 2) + "b", "[ " * (LONGEST // 2)):
        refang(text)
    assert process_time() - began < 0.1

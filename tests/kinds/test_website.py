"""A website is its host, whatever the link around it; what it looks like is told at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds.website import KIND, registrable


def facts(value: str) -> dict[str, object]:
    return {fact.name: fact.value for fact in KIND.describe(KIND.normalise(value))}


def test_a_link_is_the_site_it_leads_to() -> None:
    assert KIND.normalise("https://www.icbc.com.cn@evil.example/login") == "evil.example"


def test_tenant_of_a_hosting_service_stands_for_itself() -> None:
    assert registrable("a.b.github.io") == "b.github.io"
    assert registrable("github.io") == ""
    assert facts("b.github.io")["suffix_is_hosting"] is True


def test_an_address_stands_for_itself() -> None:
    assert registrable("192.0.2.1") == "192.0.2.1"
    assert facts("http://3221225985/")["is_address"] is True


def test_facts_show_the_look_of_an_international_name() -> None:
    told = facts("аррӏе.com")
    assert told["skeleton"] == "apple.com".replace("i", "l")
    assert told["scripts"] == "CYRILLIC, LATIN"


@pytest.mark.parametrize(
    ("value", "masked"),
    [("www.icbc.com.cn", "w***.i***.com.cn"), ("192.0.2.1", "192***"), ("github.io", "github.io")],
)
def test_mask_hides_the_name_and_keeps_the_suffix(value: str, masked: str) -> None:
    assert KIND.mask(value) == masked


def test_numbers_hardly_look_like_sites() -> None:
    assert KIND.resembles("95588") < 0.1
    assert KIND.resembles("icbc.com.cn") > 0.8
    assert KIND.resembles("https://a.example/") == 1.0
    assert KIND.resembles("你好") == 0.0


@given(st.text(max_size=100))
def test_any_text_is_a_site_or_malformed(text: str) -> None:
    try:
        value = KIND.normalise(text)
    except Malformed:
        return
    assert KIND.normalise(value if ":" not in value else f"[{value}]") == value
    assert KIND.mask(value)
    assert KIND.describe(value)

"""A host is an address or an autonomous system in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds.host import KIND


@pytest.mark.parametrize(
    ("raw", "value", "masked"),
    [
        ("192[.]0[.]2[.]1", "192.0.2.1", "192.0.2.*"),
        ("0xC0000201", "192.0.2.1", "192.0.2.*"),
        ("[2001:DB8::1]", "2001:db8::1", "2001:db8::*"),
        ("as 4134", "AS4134", "AS4134"),
    ],
)
def test_host_has_one_form_and_hides_below_its_network(raw: str, value: str, masked: str) -> None:
    assert KIND.normalise(raw) == value
    assert KIND.mask(value) == masked


@pytest.mark.parametrize("raw", ["", "example.com", "AS0", "AS4294967296", "1.2.3.4.5", "1" * 500])
def test_what_is_no_address_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_facts_tell_private_addresses_and_systems() -> None:
    assert {fact.name: fact.value for fact in KIND.describe("10.1.2.3")}["is_public"] is False
    assert {fact.name: fact.value for fact in KIND.describe("AS64512")}["is_public"] is False


@given(st.text(max_size=80) | st.ip_addresses().map(str))
def test_any_text_is_a_host_or_malformed(text: str) -> None:
    assert 0 <= KIND.resembles(text) <= 1
    try:
        value = KIND.normalise(text)
    except Malformed:
        return
    assert KIND.normalise(value) == value
    assert KIND.mask(value) and KIND.describe(value)

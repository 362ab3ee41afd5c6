"""The owner of a few domains learns which names of a list resemble them, without the shipped table."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.brands import Brand, find_lookalikes, matcher_of


def test_names_that_resemble_an_own_domain_are_found_with_their_trick() -> None:
    names = ["example-shop.com", "www.example-shop.com", "examp1eshop.com", "exampleshpo.net", "taobao-kefu.top"]
    found = find_lookalikes(names, ["example-shop.com"])
    assert [(one.host, one.trick, one.imitates) for one in found] == [
        ("examp1eshop.com", "digits", "example-shop.com"),
        ("exampleshpo.net", "swapped", "example-shop.com"),
    ]
    assert all(one.strength >= 0.5 and one.zh and one.en for one in found)


def test_own_brand_may_have_aliases_and_further_domains() -> None:
    bank = Brand("fbk.example", en="Fiction Bank", sector="finance", other_domains=("fbk-app.com",), aliases=("95000",))
    found = find_lookalikes(["fbk-app.com", "fbk-verify.com", "95000-kefu.top"], [bank])
    assert [(one.host, one.trick) for one in found] == [("fbk-verify.com", "companion"), ("95000-kefu.top", "number")]


def test_subject_is_the_registrable_domain_or_the_tenant() -> None:
    found = find_lookalikes(["login.fictionbank-kefu.top", "fictionbank-kefu.github.io"], ["fictionbank.example"])
    assert [one.registrable for one in found] == ["fictionbank-kefu.top", "fictionbank-kefu.github.io"]


def test_own_domain_that_is_none_is_refused() -> None:
    with pytest.raises(Malformed):
        matcher_of(["no domain"])


def test_a_name_that_is_no_host_imitates_nothing() -> None:
    assert find_lookalikes(["", "..", "x" * 300, "fictionbank"], ["fictionbank.example"]) == []

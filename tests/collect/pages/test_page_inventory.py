"""The inventory is data of an untrusted page: malformed parts are left out."""

import pytest

from fanzha.collect.pages.page_inventory import PageInventory, read_inventory, resolve_link


@pytest.mark.parametrize("href", ["http://[YOUR-SITE]/", "//a\u2100/", "http://["])
def test_a_malformed_link_is_no_url(href: str) -> None:
    assert resolve_link("http://page.example/", href) == ""


def test_a_link_is_resolved_against_its_page() -> None:
    assert resolve_link("http://page.example/a/b", "../c") == "http://page.example/c"


def test_a_malformed_inventory_is_empty() -> None:
    assert read_inventory({"anchors": 5}) == PageInventory()

"""The innocent are protected by their brand, number or address; a look-alike of a brand is not."""

from pathlib import Path

import pytest

from fanzha.command.exchange.feed_checks import UNUSED_WORDS, UnusedReason, is_exchanged, is_protected
from fanzha.store.brands import load_brand_table


@pytest.mark.parametrize(
    ("kind", "value", "protected"),
    [
        ("website", "example-login.top", False),
        ("website", "com.cn", True),
        ("phone_number", "+8617000000001", False),
        ("phone_number", "110", True),
        ("host", "203.0.113.7", True),
        ("host", "8.8.8.8", False),
        ("host", "AS64500", False),
        ("app", "com.example.loan", False),
    ],
)
def test_who_is_protected(home: Path, kind: str, value: str, protected: bool) -> None:
    assert is_protected(kind, value) is protected


def test_the_operators_own_brands_and_allowlist_count_at_once(home: Path) -> None:
    assert not is_protected("website", "www.shop.example") and not is_protected("phone_number", "+8617000000001")
    (home / "brands.toml").write_text("[[brand]]\ndomain = 'shop.example'\nen = 'Shop'\n", "utf-8")
    (home / "lists").mkdir()
    rows = "number,origin_kind,origin,owner,proof,until\n+8617000000001,ingress,mobile,Example,letter,\n"
    (home / "lists" / "spared.csv").write_text(rows, "utf-8")
    assert is_protected("website", "www.shop.example") and is_protected("phone_number", "+8617000000001")
    brand = load_brand_table().brands[0].domain
    assert is_protected("website", brand) and not is_protected("website", f"{brand.replace('.', '-')}.top")


def test_people_are_never_exchanged_and_each_reason_has_words() -> None:
    assert not is_exchanged("person") and is_exchanged("call")
    assert set(UNUSED_WORDS) == set(UnusedReason)

"""A name is cut where the Public Suffix List says, hosting suffixes told from registries."""

import pytest

from fanzha.kinds.web.public_suffixes import is_top_level, rules, split_host, to_ascii


@pytest.mark.parametrize(
    ("host", "registrable"),
    [
        ("www.icbc.com.cn", "icbc.com.cn"),
        ("a.b.c.kobe.jp", "b.c.kobe.jp"),  # wildcard *.kobe.jp
        ("www.city.kobe.jp", "city.kobe.jp"),  # exception !city.kobe.jp
        ("www.ck", "www.ck"),  # exception below *.ck
        ("a.b.ck", "a.b.ck"),
        ("com.cn", ""),
        ("x.y.nosuchsuffix", "y.nosuchsuffix"),
        ("shop.example.github.io", "example.github.io"),
    ],
)
def test_registrable_domain_follows_rules_wildcards_and_exceptions(host: str, registrable: str) -> None:
    assert split_host(host).registrable == registrable


def test_hosting_suffixes_are_told_from_registries() -> None:
    assert split_host("example.github.io").private
    assert not split_host("example.com.cn").private


def test_the_whole_list_is_there() -> None:
    assert len(rules()) > 9_000
    assert is_top_level("top") and is_top_level("中国") and not is_top_level("nosuchsuffix")


def test_names_turn_ascii_label_by_label() -> None:
    assert to_ascii("中国.com") == "xn--fiqs8s.com"

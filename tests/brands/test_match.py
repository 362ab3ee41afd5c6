"""A column of hosts is matched in order, raw or canonical, in any script."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.brands.match import DisguisedName, Matcher
from fanzha.brands.table import Brand, BrandTable


def test_column_keeps_its_order_and_nulls_match_nothing(matcher: Matcher) -> None:
    matches = matcher.match(pa.array(["example.com", None, "TAOBAO-KF.cn", "www.taobao.com"]))
    assert matches.rows_above(0.5).tolist() == [2]
    owner = matches.owner(3)
    assert owner is not None and owner.domain == "taobao.com"
    assert matches.key(2) == "taobao"
    assert matches.brand(0) is None


def test_slice_of_a_column_is_matched_as_it_stands(matcher: Matcher) -> None:
    column = pa.array(["taobao-kf.cn", "example.com", "taobao-kf.cn"])
    assert matcher.match(column.slice(1)).rows_above(0.5).tolist() == [1]


def test_international_names_are_canonical_afterwards(matcher: Matcher) -> None:
    matches = matcher.match(pa.array(["аррӏе.com", "example.com"]))
    assert matches.hosts.to_pylist() == ["xn--80ak6aa92e.com", "example.com"]


def test_own_international_domain_is_no_imitation(matcher: Matcher) -> None:
    matches = matcher.match(pa.array(["www.xn--8y0a063a"]))
    assert matches.brand(0) is None


def test_operators_brand_is_matched() -> None:
    own = Matcher(BrandTable([Brand("zhonghuaxinyong.example", zh="中华信用示例行")]))
    assert own.match(pa.array(["zhonghuaxinyong-login.top"])).rows_above(0.5).tolist() == [0]


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("gongan-gov.cn", "mps.gov.cn"),
        ("yibao-gov.cn", "nhsa.gov.cn"),
        ("etc-gov.cc", "txffp.com"),
        ("tax-gov.com", "gov.cn"),
        ("lqbt-gov.vip", "gov.cn"),
    ],
)
def test_word_of_authorities_imitates_the_service_it_names_or_the_government(
    matcher: Matcher, host: str, domain: str
) -> None:
    matches = matcher.match(pa.array([host]))
    brand = matches.brand(0)
    assert matches.rows_above(0.5).tolist() == [0] and brand is not None and brand.domain == domain


@pytest.mark.parametrize("host", ["mengmeng-vip.com", "hotel-vip.cn", "gov-auctions.example"])
def test_a_word_of_everybodys_is_nobodys_name(matcher: Matcher, host: str) -> None:
    assert matcher.match(pa.array([host])).rows_above(0.5).tolist() == []


@pytest.mark.parametrize(("host", "domain"), [("app1e.com", "apple.com"), ("vipshop-kefu.com", "vip.com")])
def test_an_ordinary_word_counts_disguised_and_a_longer_name_beside_bait(
    matcher: Matcher, host: str, domain: str
) -> None:
    matches = matcher.match(pa.array([host]))
    brand = matches.brand(0)
    assert matches.rows_above(0.5).tolist() == [0] and brand is not None and brand.domain == domain


def test_name_in_other_scripts_is_seen_in_three_ways() -> None:
    seen = DisguisedName.of("аррӏе.com")
    assert (seen.host, seen.unicode, seen.looks) == ("xn--80ak6aa92e.com", "аррӏе.com", "apple.com")


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_is_matched_or_passed_over(matcher: Matcher, texts: list[str]) -> None:
    matches = matcher.match(pa.array(texts, pa.string()))
    assert len(matches.hosts) == len(texts)


def test_what_was_matched_before_changes_nothing() -> None:
    matcher = Matcher()
    host = pa.array(["login-eskib-verify39.top"])
    first = matcher.match(host).answers
    matcher.match(pa.array(["taobao-kefu.com", "icbc-verify.example"]))
    again = matcher.match(host).answers
    assert all((getattr(first, name) == getattr(again, name)).all() for name in first._fields)

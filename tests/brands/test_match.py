"""A column of hosts is matched in order, raw or canonical, in any script."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.brands.match import Matcher, Seen
from fanzha.brands.table import Brand, BrandTable


def test_column_keeps_its_order_and_nulls_match_nothing(matcher: Matcher) -> None:
    matches = matcher.match(pa.array(["example.com", None, "TAOBAO-KF.cn", "www.taobao.com"]))
    assert matches.found(0.5).tolist() == [2]
    owner = matches.owner(3)
    assert owner is not None and owner.domain == "taobao.com"
    assert matches.key(2) == "taobao"
    assert matches.brand(0) is None


def test_slice_of_a_column_is_matched_as_it_stands(matcher: Matcher) -> None:
    column = pa.array(["taobao-kf.cn", "example.com", "taobao-kf.cn"])
    assert matcher.match(column.slice(1)).found(0.5).tolist() == [1]


def test_international_names_are_canonical_afterwards(matcher: Matcher) -> None:
    matches = matcher.match(pa.array(["аррӏе.com", "example.com"]))
    assert matches.hosts.to_pylist() == ["xn--80ak6aa92e.com", "example.com"]


def test_own_international_domain_is_no_imitation(matcher: Matcher) -> None:
    matches = matcher.match(pa.array(["www.xn--8y0a063a"]))
    assert matches.brand(0) is None


def test_operators_brand_is_matched() -> None:
    own = Matcher(BrandTable([Brand("zhonghuaxinyong.example", zh="中华信用示例行")]))
    assert own.match(pa.array(["zhonghuaxinyong-login.top"])).found(0.5).tolist() == [0]


def test_name_in_other_scripts_is_seen_in_three_ways() -> None:
    seen = Seen.of("аррӏе.com")
    assert (seen.host, seen.shown, seen.looks) == ("xn--80ak6aa92e.com", "аррӏе.com", "apple.com")


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_is_matched_or_passed_over(matcher: Matcher, texts: list[str]) -> None:
    matches = matcher.match(pa.array(texts, pa.string()))
    assert len(matches.hosts) == len(texts)

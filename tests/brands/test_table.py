"""The brand table is read as people write it, and a mistake is told by file, row and column."""

import pytest

from fanzha.base.errors import UsageError
from fanzha.brands.table import SECTORS, Brand, BrandTable, load_shipped_brands, parse_brands
from fanzha.kinds.website import KIND


def test_shipped_brands_are_many_and_each_domain_is_owned_once() -> None:
    brands = load_shipped_brands().brands
    domains = [domain for brand in brands for domain in brand.domains]
    assert len(brands) >= 3_000
    assert len(domains) == len(set(domains))
    assert {brand.sector for brand in brands} == set(SECTORS)


def test_shipped_domains_are_canonical() -> None:
    assert [d for brand in load_shipped_brands().brands for d in brand.domains if KIND.normalise(d) != d] == []


def test_brand_is_shown_in_both_languages() -> None:
    brand = next(brand for brand in load_shipped_brands().brands if brand.domain == "icbc.com.cn")
    assert brand.display_name.zh == "中国工商银行（icbc.com.cn）"
    assert brand.display_name.en == "Industrial and Commercial Bank of China (icbc.com.cn)"
    assert "95588" in brand.aliases


def test_brand_without_a_name_is_shown_by_its_domain() -> None:
    assert Brand("example.com").display_name.zh == "example.com"


def test_more_brands_stand_first_and_replace_those_of_the_same_domain() -> None:
    table = BrandTable([Brand("a.com", en="old"), Brand("b.com")]).with_brands(
        [Brand("c.com"), Brand("a.com", en="new")]
    )
    assert [(brand.domain, brand.en) for brand in table.brands] == [("c.com", ""), ("a.com", "new"), ("b.com", "")]
    assert len(table) == 3


def test_rows_may_leave_columns_out() -> None:
    (brand,) = parse_brands("domain\tzh\nexample.com\t示例\n")
    assert brand == Brand("example.com", zh="示例")


def test_further_domains_are_folded_as_hosts_are() -> None:
    (brand,) = parse_brands("domain\town\nexample.com\tBank-A.com 银行.中国\n")
    assert brand.other_domains == ("bank-a.com", "xn--jn2a72x.xn--fiqs8s")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "row 1 is not the header"),
        ("name\tzh\n", "row 1 is not the header"),
        ("domain\tsector\nexample.com\tfishing\n", "row 2, column sector: 'fishing'"),
        ("domain\tneeds\nexample.com\tluck\n", "row 2, column needs: 'luck'"),
        ("domain\nlocalhost\n", "row 2, column domain: 'localhost'"),
        ("domain\town\nexample.com\tb.example localhost\n", "row 2, column own: 'localhost'"),
    ],
)
def test_mistake_is_told_by_row_and_column(text: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        parse_brands(text)

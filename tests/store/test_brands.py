"""An operator's brands stand before the shipped ones; a mistake is told by file and place."""

from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.base.errors import UsageError
from fanzha.brands import load_shipped_brands
from fanzha.brands.match import Matcher
from fanzha.store.brands import load_brand_table


def test_without_files_the_shipped_brands_are_protected(tmp_path: Path) -> None:
    assert load_brand_table(tmp_path).brands == load_shipped_brands().brands


def test_table_and_toml_add_brands_that_are_then_matched(tmp_path: Path) -> None:
    (tmp_path / "brands.tsv").write_text(
        "domain\tzh\tsector\nfictionbank.example\t虚构银行\tfinance\n", encoding="utf-8"
    )
    (tmp_path / "brands.toml").write_text(
        "[[brand]]\ndomain = 'MadeUpExpress.example'\naliases = ['xugoukuaidi']\nsector = 'logistics'\n",
        encoding="utf-8",
    )
    table = load_brand_table(tmp_path)
    assert [brand.domain for brand in table.brands[:2]] == ["fictionbank.example", "madeupexpress.example"]
    matches = Matcher(table).match(pa.array(["fictionbank-login.top", "xugoukuaidi-kefu.cn"]))
    assert [brand.domain for row in (0, 1) if (brand := matches.brand(row))] == [
        "fictionbank.example",
        "madeupexpress.example",
    ]


def test_row_of_a_shipped_domain_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "brands.tsv").write_text("domain\ten\nicbc.com.cn\tOurs\n", encoding="utf-8")
    assert [brand.en for brand in load_brand_table(tmp_path).brands if brand.domain == "icbc.com.cn"] == ["Ours"]


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("brands.tsv", "domain\tsector\na.example\tfishing\n", "row 2, column sector"),
        ("brands.toml", "[[brand]]\nzh = 'x'\n", "brand 1: column domain is missing"),
        ("brands.toml", "[[brand]]\ndomain = 'a.example'\nown = 'b.example'\n", "brand 1, column own"),
        ("brands.toml", "[[brand]]\ndomain = 'a.example'\ncolour = 'red'\n", "unknown column 'colour'"),
        ("brands.toml", "[other]\n", "only \\[\\[brand\\]\\]"),
        ("brands.toml", "brand =", "write|brands.toml"),
    ],
)
def test_mistake_is_told_by_file_and_place(tmp_path: Path, name: str, text: str, what: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=what):
        load_brand_table(tmp_path)


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "brands.tsv").write_bytes("domain\tzh\na.example\t银行\n".encode("gb18030"))
    with pytest.raises(UsageError, match="not UTF-8"):
        load_brand_table(tmp_path)

"""Every report is one page in two languages that runs no script and asks no server."""

import pytest

from fanzha.analyze.report.page import bilingual, load_template
from fanzha.base.words import Words


@pytest.mark.parametrize("name", ["report.html.j2", "backtest.html.j2"])
def test_reports_extend_a_page_without_scripts_or_requests(name: str) -> None:
    page = load_template("page.html.j2").render()
    assert "default-src 'none'" in page and "<script" not in page and "http" not in page.split("</style>")[1]
    assert load_template(name).blocks.keys() >= {"title", "header", "main", "footer"}


def test_bilingual_text_has_both_languages_and_escapes_html() -> None:
    html = bilingual(Words("<b>甲</b>", "a & b"))
    assert 'lang="zh"' in html and "&lt;b&gt;甲&lt;/b&gt;" in html and "a &amp; b" in html

"""Every report is one page in two languages that runs no script and asks no server."""

import pytest

from fanzha.analyze.report.page import bilingual, load_template
from fanzha.base.words import Words


@pytest.mark.parametrize("name", ["report.html.j2", "backtest.html.j2"])
def test_reports_stand_on_the_one_page(name: str) -> None:
    source = load_template("page.html.j2").render()
    assert "default-src 'none'" in source and "<script" not in source and "http" not in source.split("</style>")[1]
    assert load_template(name).blocks.keys() >= {"title", "header", "main", "footer"}


def test_both_languages_stand_beside_each_other_and_hostile_words_stay_words() -> None:
    html = bilingual(Words("<b>甲</b>", "a & b"))
    assert 'lang="zh"' in html and "&lt;b&gt;甲&lt;/b&gt;" in html and "a &amp; b" in html

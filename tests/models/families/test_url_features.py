"""URLs are taken apart and measured as they are written, empty and absurd ones too."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.models.families.url_features import FEATURES, MEASURES, split_urls, url_features

NAMES = [feature.name for feature in FEATURES]


def of(url: str) -> dict[str, float]:
    values = url_features(split_urls(pa.array([url])))
    return dict(zip(NAMES, values[0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("url", "host", "registered", "path", "query"),
    [
        ("https://www.Example.com/a/b.php?x=1#y", "www.example.com", "example.com", "/a/b.php", "x=1#y"),
        ("http://192.0.2.7:8080/login", "192.0.2.7", "192.0.2.7", "/login", ""),
        ("example.cn", "example.cn", "example.cn", "", ""),
        ("http://user@shop.example.co.uk?next=/x", "shop.example.co.uk", "example.co.uk", "", "next=/x"),
        ("", "", "", "", ""),
    ],
)
def test_parts(url: str, host: str, registered: str, path: str, query: str) -> None:
    parts = split_urls(pa.array([url]))
    found = [column.to_pylist()[0] for column in (parts.host, parts.registered, parts.path, parts.query)]
    assert found == [host, registered, path, query]


def test_measures_by_hand() -> None:
    found = of("http://secure-pay.example.com/wp-admin/Login.php?id=12&to=a@b.cn")
    assert found["url_https"] == 0 and found["url_length"] == 64
    assert (found["url_dots"], found["url_hyphens"], found["url_digits"]) == (4, 2, 2)
    assert (found["url_ampersands"], found["url_equals"], found["url_ats"], found["url_mail"]) == (1, 2, 1, 1)
    assert (found["host_length"], found["host_hyphens"], found["registered_length"]) == (22, 1, 11)
    assert (found["path_depth"], found["path_php"], found["path_wp"], found["path_capitals"]) == (2, 1, 1, 1)
    assert found["url_hints"] == 5  # secure, pay, wp-, admin, login
    assert (found["url_words"], found["url_longest_word"], found["query_length"]) == (14, 7, 15)


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=8))
def test_any_column_of_text_is_measured(urls: list[str | None]) -> None:
    values = url_features(split_urls(pa.array(urls, pa.string())))
    assert values.shape == (len(urls), len(MEASURES)) and (values >= 0).all()


def test_each_row_is_measured_alone() -> None:
    urls = ["https://a.example/b", None, "", "http://c.example.com/d?e=f"]
    together = url_features(split_urls(pa.array(urls)))
    for row, url in enumerate(urls):
        assert (url_features(split_urls(pa.array([url], pa.string())))[0] == together[row]).all()


def test_features_have_names_of_their_own_in_both_languages() -> None:
    for names in (NAMES, [f.title.zh for f in FEATURES], [f.title.en for f in FEATURES]):
        assert len(names) == len(set(names))

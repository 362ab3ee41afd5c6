"""Links are cut and written as Safe Browsing v4 has it, so that a phone's list and ours speak of the same thing."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.claims.url_expressions import expressions, url_hash, whole_expression

#: Addresses with their expressions; the extension for browsers is tested with the same table.
VECTORS = json.loads(Path(__file__).with_name("url_expressions.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("link", "found"),
    [  # the examples of "URLs and Hashing"
        (
            "http://a.b.c/1/2.html?param=1",
            "a.b.c/1/2.html?param=1 a.b.c/1/2.html a.b.c/ a.b.c/1/ b.c/1/2.html?param=1 b.c/1/2.html b.c/ b.c/1/",
        ),
        (
            "http://a.b.c.d.e.f.g/1.html",
            "a.b.c.d.e.f.g/1.html a.b.c.d.e.f.g/ c.d.e.f.g/1.html c.d.e.f.g/ d.e.f.g/1.html d.e.f.g/ "
            "e.f.g/1.html e.f.g/ f.g/1.html f.g/",
        ),
        ("http://1.2.3.4/1/", "1.2.3.4/1/ 1.2.3.4/"),
    ],
)
def test_a_link_has_the_expressions_of_the_specification(link: str, found: str) -> None:
    assert expressions(link) == found.split()


@pytest.mark.parametrize(
    ("link", "written"),
    [
        ("http://www.example.com/blah/..", "www.example.com/"),
        ("www.example.com/", "www.example.com/"),
        ("www.example.com", "www.example.com/"),
        ("http://www.example.com/q?", "www.example.com/q"),
        ("http://www.EXAMPLE.com/a/./b/../c", "www.example.com/a/c"),
        ("http://example.com//two//slashes?more//slashes", "example.com/two/slashes?more//slashes"),
        ("http://example.com/%2525252525252525", "example.com/%25"),
        ("http://example.com/foo#bar#baz", "example.com/foo"),
        ("http://www.example.com:1234/", "www.example.com/"),
        ("http://user:word@example.com/a b", "example.com/a%20b"),
        ("http://195.127.0.11/uploads/%20/.verify/", "195.127.0.11/uploads/%20/.verify/"),
        ("http://0xc37f000b/blah", "195.127.0.11/blah"),
        ("http://[2001:db8::1]/x", "[2001:db8::1]/x"),
        ("hxxp://例子.example[.]com/路", "xn--fsqu00a.example.com/%E8%B7%AF"),
    ],
)
def test_one_link_is_written_in_one_way(link: str, written: str) -> None:
    assert whole_expression(link) == written
    assert whole_expression(written) == written


@given(st.text(max_size=60), st.text(max_size=20))
def test_the_whole_link_is_the_first_of_its_expressions_and_writing_it_again_changes_nothing(
    path: str, query: str
) -> None:
    try:
        found = expressions(f"http://example.com/{path}?{query}")
    except Malformed:
        return
    assert found[0] == whole_expression(f"http://example.com/{path}?{query}") == whole_expression(found[0])
    assert len(found) <= 6 and "example.com/" in found


@pytest.mark.parametrize("link", ["", "http://", "no host", "http://a..b/"])
def test_what_has_no_host_is_no_link(link: str) -> None:
    with pytest.raises(Malformed):
        expressions(link)


def test_expressions_are_looked_up_by_their_sha256() -> None:
    assert url_hash("a.b.c/") == sha256(b"a.b.c/").digest()


@pytest.mark.parametrize("place", range(len(VECTORS)))
def test_the_table_that_browsers_are_tested_with_holds_here(place: int) -> None:
    link, found = VECTORS[place]
    assert expressions(link) == found

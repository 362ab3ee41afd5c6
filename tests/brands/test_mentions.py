"""A host mentions a brand in a word; own sites, checked registries and other words mention none."""

import numpy as np
import pyarrow as pa
import pytest

from fanzha.brands._mentions import empty_mentions
from fanzha.brands.match import Matcher
from fanzha.brands.mentions import WAYS, Mention, find_mentions
from fanzha.brands.table import Brand, BrandTable

BANK = Brand("fivebanks.example", zh="虚构银行", sector="finance", country="CN", aliases=("fbk", "zurbaran"))
WORD = Brand("melody.example", en="Melody", sector="platform", match_requirement="word")
LISTED = Brand("quorumlist.example", match_requirement="clear")


@pytest.fixture(scope="module")
def own() -> Matcher:
    return Matcher(BrandTable([BANK, WORD, LISTED]))


def mentions(own: Matcher, *hosts: str) -> list[Mention]:
    matches = own.match(pa.array(hosts, pa.string()))
    return find_mentions(own, matches, np.arange(len(hosts)))


@pytest.mark.parametrize(
    ("host", "way"),
    [
        ("fivebanks-garden.com", "word"),
        ("fbk-garden.net", "word"),
        ("melody-garden.com", "word"),
        ("find-f1vebanks.com", "disguised"),
        ("garden-zurbarran.com", "near"),
        ("garden-five-banks.net", "joined"),
        ("fbkpay-garden.com", "compound"),
        ("myfbkpay-garden.com", "compound"),
        ("gardenfivebanks-x.com", "edge"),
        ("fivebanks.garden.com", "below"),
        ("garden-fiveb\u0430nks.com", "disguised"),  # a Cyrillic letter
    ],
)
def test_a_word_of_the_host_mentions_the_brand(own: Matcher, host: str, way: str) -> None:
    (mention,) = mentions(own, host)
    assert (mention.brand.domain in (BANK.domain, WORD.domain), mention.way) == (True, way)
    assert 0 < mention.score < 0.5
    assert way in WAYS


@pytest.mark.parametrize(
    "host",
    [
        "garden-club.com",
        "fivebanks.example",
        "www.fivebanks.example",  # the brand's own site
        "fivebanks.cs.ac.edu",  # a registry that checks who registers
        "fbkgarden.com",  # a short name within another word
        "melodygarden.com",  # an ordinary word within another
        "quorumlist-garden.com",  # nobody wrote the brand's name down
        "com",
        "",
    ],
)
def test_others_mention_none(own: Matcher, host: str) -> None:
    assert mentions(own, host) == []


def test_disguised_names_come_before_words_and_words_before_subdomains(own: Matcher) -> None:
    hosts = ("find-f1vebanks.com", "find-fivebanks.com", "fivebanks.find.com")
    scores = [mention.score for mention in mentions(own, *hosts)]
    assert scores == sorted(scores, reverse=True)
    assert mentions(own, "find-fivebanks.top")[0].score > scores[1], "where names are cheap"


def test_only_the_rows_asked_for_are_searched(own: Matcher) -> None:
    matches = own.match(pa.array(["fbk-garden.net", "fbk-garden.org"], pa.string()))
    assert [mention.row for mention in find_mentions(own, matches, np.array([1]))] == [1]
    assert find_mentions(own, matches, np.array([], np.intp)) == []
    assert empty_mentions(0).brand.size == 0

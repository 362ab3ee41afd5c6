"""Hosts that only mention a brand: their pages are looked at when there is time, and their names accuse nobody."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.brands import _arrays as tables
from fanzha.brands.match import DisguisedName, Matcher, Matches, buffers
from fanzha.brands.table import Brand

#: Ways in which a host mentions a brand, in the order of the numbers in `_mentions`; the last is a weak match.
WAYS: dict[str, Words] = {
    "disguised": Words("名称中有形近品牌名的词", "a word looks like the brand's name"),
    "word": Words("名称中有品牌名一词", "a word is the brand's name"),
    "joined": Words("几个词连起来是品牌名", "words together are the brand's name"),
    "compound": Words("品牌名与另一词连写", "the brand's name and another word run together"),
    "edge": Words("某词以品牌名开头或结尾", "a word begins or ends with the brand's name"),
    "near": Words("某词与品牌名相差一个字母", "a word differs from the brand's name by one letter"),
    "below": Words("下级域名中有品牌名", "a subdomain is the brand's name"),
    "weak": Words("与品牌名略有相似", "the name resembles the brand's a little"),
}
_NAMES = tuple(WAYS)
#: Ways of names that are disguised if letters of another script are among them.
_PLAIN = frozenset({"word", "joined", "below"})
WEAK_SCORE, DISGUISE_SCORE = 0.2, 0.1


class Mention(NamedTuple):
    """A host that mentions a brand. `score` (0-0.5) only orders mentions; `way` is a key of WAYS."""

    row: int
    brand: Brand
    way: str
    score: float


def find_mentions(matcher: Matcher, matches: Matches, rows: NDArray[np.intp]) -> list[Mention]:
    """Return what some rows of matched hosts mention, by row; brands' own sites and invalid hosts mention nothing.

    A match too weak for a candidate is a mention too, unless the host mentions a brand more clearly.
    """
    answers = matches.answers
    rows = rows[(answers.owner[rows] < 0) & (answers.registrable[rows] >= 0)]
    hosts = matches.hosts.take(pa.array(rows, pa.int64()))
    found = matcher.mention(_written(hosts))
    weak = (answers.brand[rows] >= 0) & (answers.score[rows] > 0) & (answers.group[rows] != tables.SUFFIX)
    weak &= matcher.names.brand_named[answers.brand[rows]]
    mentions = []
    for index in map(int, np.flatnonzero((found.brand >= 0) | weak)):
        row, brand = int(rows[index]), int(found.brand[index])
        way, score = _NAMES[found.way[index]], float(found.score[index])
        if weak[index] and score < WEAK_SCORE:
            brand, way, score = int(answers.brand[row]), "weak", WEAK_SCORE
        if way in _PLAIN and "xn--" in str(matches.hosts[row].as_py()):
            way, score = "disguised", score + DISGUISE_SCORE
        mentions.append(Mention(row, matcher.brands[brand], way, score))
    return mentions


def _written(hosts: Any) -> "tuple[NDArray[np.uint8], NDArray[np.int64]]":
    """Return hosts as the kernel reads them: names in other scripts as the Latin letters they look like."""
    texts = hosts.to_pylist()
    for row, text in enumerate(texts):
        if "xn--" in text:
            texts[row] = DisguisedName.of(text).looks
    return buffers(pa.array(texts, pa.string()))

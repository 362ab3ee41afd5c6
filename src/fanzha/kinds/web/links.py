"""Find links in text: plain, defanged, or directly followed by Chinese words."""

import re
from typing import NamedTuple

from fanzha.base.errors import Malformed
from fanzha.kinds.web.public_suffixes import is_top_level
from fanzha.kinds.web.urls import Location, locate

_DOT = r"(?:[.。．｡․]|\s?[\[({【（]\s?(?:\.|dot|点)\s?[\])}】）]\s?)"
_ALNUM = r"[A-Za-z0-9_Ａ-Ｚａ-ｚ０-９\u00c0-\u024f\u0370-\u052f-]"
_HAN = r"[\u3400-\u9fff]"
_HAN_TOP = "中国|中國|公司|网络|網絡|网址|政务|公益|在线|商城|集团|手机"
_TOP = rf"{_DOT}(?:[A-Za-zＡ-Ｚａ-ｚ]{{2,24}}|xn--[a-z0-9-]{{2,59}}|{_HAN_TOP})"
_LATIN_HOST = rf"{_ALNUM}{{1,63}}(?:{_DOT}{_ALNUM}{{1,63}}){{0,12}}{_TOP}"
#: A Chinese name counts only if its start is certain: after a scheme, a space or punctuation.
_HAN_HOST = rf"{_HAN}{{2,20}}(?:{_DOT}(?:{_HAN}|{_ALNUM}){{1,63}}){{0,6}}{_TOP}"
_NUMBER_HOST = r"\d{1,3}(?:\.\d{1,3}){3}(?=[:/])"
_REST = r"(?![A-Za-z0-9_@-])(?::\d{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#@!$&*+,;=%]*)?"
_SCHEME = r"[hHｈ][tTxXｔ*]{2}[pPｐ][sSｓ]?(?:\[?[:：]\]?)[/／\\]{1,3}"
_LINK = re.compile(
    rf"(?P<full>{_SCHEME}[^\s\u3000\u3001\u3003-\u303f，！？；、\"'<>《》“”]+)"
    rf"|(?<![A-Za-z0-9@._-])(?P<bare>(?:{_LATIN_HOST}|{_NUMBER_HOST}){_REST})"
    rf"|(?:^|(?<=[\s，。：:；“\"(（【\[]))(?P<han>{_HAN_HOST}{_REST})"
)
_ASCII_LINK = re.compile(rf"{_SCHEME}[!-.0-~]+(?:[.。．｡][\])}}】）]?[a-zA-Z0-9-]+)+(?:[:/?#\\][!-~]*)?")
_MARK = re.compile(r"[.。．｡․]|dot|://|：／／|点[\])}】）]", re.I)
#: "点" read out for a dot: after three characters (3点 is a time of day), before up to six labels that end in a
#: common suffix (of more, a long text would be read to its end at each of them).
_SPOKEN = re.compile(
    r"(?<=[A-Za-z0-9-]{3})(?P<gap>\s?)点(?P=gap)"
    r"(?=(?:[A-Za-z0-9-]{1,63}(?:\.|\s?点\s?)){0,5}(?:com|cn|net|org|cc|top|xyz|icu|cyou|sbs)(?![A-Za-z0-9榜-]))",
    re.I,
)
_TRAILING = ".,;:!?)]}>'\"。，；：！？）】》、…"

#: Common suffixes in messages; a name with another suffix counts only with `www.`, a path, a digit or a hyphen.
_COMMON_NAMES = (
    "com cn net org gov edu info biz top xyz vip cc shop site online store club icu ltd app link live fun work tech "
    "pro mobi asia wang ren tk ml ga cf gq cyou cfd sbs buzz bond hk tw mo jp kr uk us ru de fr in"
)
_COMMON = frozenset(_COMMON_NAMES.split())


class Link(NamedTuple):
    """A link in a text: start and end (in characters) and its location."""

    start: int
    end: int
    location: Location


def find_links(text: str) -> list[Link]:
    """Return the links of a text in order of appearance; never raises."""
    text = _write_spoken_dots(text) if "点" in text else text
    if not _MARK.search(text):
        return []
    return [link for found in _LINK.finditer(text) if (link := _link(found))]


def _write_spoken_dots(text: str) -> str:
    """Return the text, of the same length, with "点" written as a dot in names such as example点com."""
    return _SPOKEN.sub(lambda found: "[.]" if found["gap"] else ".", text)


def _link(found: re.Match[str]) -> Link | None:
    written = (_cut_at_words(found[0]) if found["full"] else found[0]).rstrip(_TRAILING)
    try:
        location = locate(written)
    except Malformed:
        return None
    top = location.host.rpartition(".")[2]
    certain = found["full"] is not None or top.isdigit() or _stands_alone(location, top)
    return Link(found.start(), found.start() + len(written), location) if certain else None


def _stands_alone(location: Location, top: str) -> bool:
    if not is_top_level(top):
        return False
    before = location.host.rpartition(".")[0]
    telling = before.startswith("www.") or location.path_query_fragment or location.port or re.search(r"[0-9-]", before)
    return top in _COMMON or top.startswith("xn--") or bool(telling)


def _cut_at_words(written: str) -> str:
    """Cut a link with a scheme where its ASCII part is followed by Chinese words."""
    found = _ASCII_LINK.match(written)
    return found[0] if found else written

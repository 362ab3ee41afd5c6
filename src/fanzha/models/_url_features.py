"""What a URL shows by itself: lengths, signs and words of host and path, whole columns at a time."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.kinds.website import registrable
from fanzha.models._boosted import Feature, Floats
from fanzha.models.domain import hosts_of

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_SCHEME = r"^[A-Za-z][A-Za-z0-9+.-]*:[/\\]*"
_HINTS = r"login|log-in|signin|sign-in|verif|secure|account|update|confirm|bank|wallet|pay|webscr|cmd=|admin|wp-"


class Parts(NamedTuple):
    """A column of URLs taken apart; text columns, "" where there is nothing."""

    whole: Any
    bare: Any  # without scheme
    host: Any
    registered: Any  # the registrable domain
    path: Any
    query: Any


def parts_of(urls: "pa.Array[Any] | pa.ChunkedArray[Any]") -> Parts:
    """Take URLs apart."""
    column = pc.fill_null(urls.cast(pa.string()), "")
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(whole), _SCHEME, "")
    behind = pc.replace_substring_regex(bare, r"^[^/?#]*", "")
    path = pc.replace_substring_regex(behind, r"[?#].*$", "")
    query = pc.replace_substring_regex(behind, r"^[^?]*\??", "")
    host = hosts_of(whole)
    return Parts(whole, bare, host, registered_of(host), path, query)


def registered_of(hosts: "pa.Array[Any]") -> "pa.Array[Any]":
    """Return the registrable domain of each host, the host itself where it has none."""
    known = hosts.dictionary_encode()
    names = [str(host) for host in known.dictionary.to_pylist()]
    registered = pa.array([(registrable(name) or name) if "." in name else name for name in names], pa.string())
    return registered.take(known.indices)


def _length(text: Any) -> Any:
    return pc.utf8_length(text)


def _times(pattern: str) -> Callable[[Any], Any]:
    return lambda text: pc.count_substring_regex(text, pattern)


def _has(pattern: str) -> Callable[[Any], Any]:
    return lambda text: pc.match_substring_regex(text, pattern, ignore_case=True)


def _longest_word(text: Any) -> NDArray[np.int64]:
    words = pc.split_pattern_regex(text, r"[^A-Za-z0-9]+")
    lengths = pc.utf8_length(words.flatten()).to_numpy(zero_copy_only=False)
    begins = words.offsets.to_numpy()[:-1] - words.offsets[0].as_py()
    return np.maximum.reduceat(lengths, begins).astype(np.int64) if len(begins) else np.empty(0, np.int64)


class Measure(NamedTuple):
    """One feature: of which part, and how it is measured."""

    name: str
    unit: str
    title: Words
    part: str
    compute: Callable[[Any], Any]


_COUNT, _LETTERS, _YES = "count", "characters", "0 or 1"

MEASURES: tuple[Measure, ...] = (
    Measure("url_length", _LETTERS, Words("网址长度", "length of the URL"), "whole", _length),
    Measure("url_https", _YES, Words("使用 https", "https"), "whole", _has(r"^https:")),
    Measure("url_words", _COUNT, Words("网址词数", "words in the URL"), "bare", _times(r"[A-Za-z0-9]+")),
    Measure("url_longest_word", _LETTERS, Words("网址最长词", "longest word of the URL"), "bare", _longest_word),
    Measure("url_digits", _COUNT, Words("网址数字个数", "digits in the URL"), "bare", _times(r"\d")),
    Measure("url_dots", _COUNT, Words("网址点号", "dots in the URL"), "bare", _times(r"\.")),
    Measure("url_hyphens", _COUNT, Words("网址连字符", "hyphens in the URL"), "bare", _times("-")),
    Measure("url_underscores", _COUNT, Words("网址下划线", "underscores in the URL"), "bare", _times("_")),
    Measure("url_slashes", _COUNT, Words("网址斜杠", "slashes in the URL"), "bare", _times("/")),
    Measure("url_ats", _COUNT, Words("网址 @ 号", "@ signs in the URL"), "bare", _times("@")),
    Measure("url_equals", _COUNT, Words("网址等号", "equals signs in the URL"), "bare", _times("=")),
    Measure("url_ampersands", _COUNT, Words("网址 & 号", "& signs in the URL"), "bare", _times("&")),
    Measure("url_percents", _COUNT, Words("网址百分号", "% signs in the URL"), "bare", _times("%")),
    Measure("url_tildes", _COUNT, Words("网址波浪号", "tildes in the URL"), "bare", _times("~")),
    Measure("url_www", _COUNT, Words("网址中 www 个数", "www in the URL"), "bare", _times("www")),
    Measure("url_com", _COUNT, Words("网址中 .com 个数", ".com in the URL"), "bare", _times(r"\.com")),
    Measure("url_hints", _COUNT, Words("登录、验证等词", "words like login"), "bare", _times(f"(?i){_HINTS}")),
    Measure("url_mail", _YES, Words("网址含邮箱地址", "a mail address in the URL"), "bare", _has(r"[\w.]+@[\w.]+")),
    Measure("url_hex", _COUNT, Words("长十六进制串个数", "long hexadecimal strings"), "bare", _times(r"[0-9a-f]{16,}")),
    Measure("host_length", _LETTERS, Words("主机名长度", "length of the host"), "host", _length),
    Measure("host_dots", _COUNT, Words("主机名点号", "dots in the host"), "host", _times(r"\.")),
    Measure("host_hyphens", _COUNT, Words("主机名连字符", "hyphens in the host"), "host", _times("-")),
    Measure("host_digits", _COUNT, Words("主机名数字个数", "digits in the host"), "host", _times(r"\d")),
    Measure("host_vowels", _COUNT, Words("主机名元音个数", "vowels in the host"), "host", _times("[aeiou]")),
    Measure("host_is_address", _YES, Words("主机名为 IP 地址", "the host is an IP address"), "host", _has(r"^[\d.]+$")),
    Measure("registered_length", _LETTERS, Words("注册域名长度", "registered name's length"), "registered", _length),
    Measure("registered_dots", _COUNT, Words("注册域名点号", "registered name's dots"), "registered", _times(r"\.")),
    Measure("path_length", _LETTERS, Words("路径长度", "length of the path"), "path", _length),
    Measure("path_depth", _COUNT, Words("路径层数", "levels of the path"), "path", _times("/")),
    Measure("path_digits", _COUNT, Words("路径数字个数", "digits in the path"), "path", _times(r"\d")),
    Measure("path_capitals", _COUNT, Words("路径大写字母", "capitals in the path"), "path", _times("[A-Z]")),
    Measure("path_php", _YES, Words("路径含 .php", ".php in the path"), "path", _has(r"\.php")),
    Measure("path_html", _YES, Words("路径含 .htm", ".htm in the path"), "path", _has(r"\.html?")),
    Measure("path_wp", _YES, Words("路径含 WordPress 目录", "a WordPress folder"), "path", _has(r"/wp-\w")),
    Measure("path_ends_open", _YES, Words("路径以斜杠结尾", "the path ends in a slash"), "path", _has("/$")),
    Measure("query_length", _LETTERS, Words("参数长度", "length of the query"), "query", _length),
)  # fmt: skip

FEATURES: tuple[Feature, ...] = tuple(Feature(one.name, one.title, one.unit) for one in MEASURES)


def measured(parts: Parts) -> Floats:
    """Return rows × measures."""
    columns = [one.compute(getattr(parts, one.part)) for one in MEASURES]
    return np.column_stack([_floats(column) for column in columns])


def _floats(column: Any) -> Floats:
    values = column if isinstance(column, np.ndarray) else column.cast(pa.int32()).to_numpy(zero_copy_only=False)
    return values.astype(np.float64)

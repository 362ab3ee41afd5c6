"""Features of URLs: lengths, characters and words of host, path and query, computed column-wise."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.kinds.website import registrable
from fanzha.models.domain import hosts_of
from fanzha.models.families.boosted_trees import Feature, Floats

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_SCHEME = r"^[A-Za-z][A-Za-z0-9+.-]*:[/\\]*"
_HINTS = r"login|log-in|signin|sign-in|verif|secure|account|update|confirm|bank|wallet|pay|webscr|cmd=|admin|wp-"


class UrlParts(NamedTuple):
    """The parts of a column of URLs, as text columns; "" where a URL has no such part."""

    whole: Any
    bare: Any  # without scheme
    host: Any
    registered: Any  # the registrable domain
    path: Any
    query: Any


def split_urls(urls: "pa.Array[Any] | pa.ChunkedArray[Any]") -> UrlParts:
    """Split URLs into their parts."""
    column = pc.fill_null(urls.cast(pa.string()), "")
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(whole), _SCHEME, "")
    rest_of_url = pc.replace_substring_regex(bare, r"^[^/?#]*", "")
    path = pc.replace_substring_regex(rest_of_url, r"[?#].*$", "")
    query = pc.replace_substring_regex(rest_of_url, r"^[^?]*\??", "")
    host = hosts_of(whole)
    return UrlParts(whole, bare, host, registrable_domains(host), path, query)


def registrable_domains(hosts: "pa.Array[Any]") -> "pa.Array[Any]":
    """Return the registrable domain of each host, or the host if it has none."""
    encoded = hosts.dictionary_encode()
    names = [str(host) for host in encoded.dictionary.to_pylist()]
    registered = pa.array([(registrable(name) or name) if "." in name else name for name in names], pa.string())
    return registered.take(encoded.indices)


def _length(text: Any) -> Any:
    return pc.utf8_length(text)


def _count(pattern: str) -> Callable[[Any], Any]:
    return lambda text: pc.count_substring_regex(text, pattern)


def _has(pattern: str) -> Callable[[Any], Any]:
    return lambda text: pc.match_substring_regex(text, pattern, ignore_case=True)


def _longest_word(text: Any) -> NDArray[np.int64]:
    words = pc.split_pattern_regex(text, r"[^A-Za-z0-9]+")
    lengths = pc.utf8_length(words.flatten()).to_numpy(zero_copy_only=False)
    begins = words.offsets.to_numpy()[:-1] - words.offsets[0].as_py()
    return np.maximum.reduceat(lengths, begins).astype(np.int64) if len(begins) else np.empty(0, np.int64)


class UrlFeature(NamedTuple):
    """One feature of a URL: the part it is computed from, and how."""

    name: str
    unit: str
    title: Words
    part: str
    compute: Callable[[Any], Any]


_COUNT, _LETTERS, _YES = "count", "characters", "0 or 1"

MEASURES: tuple[UrlFeature, ...] = (
    UrlFeature("url_length", _LETTERS, Words("网址长度", "length of the URL"), "whole", _length),
    UrlFeature("url_https", _YES, Words("使用 https", "https"), "whole", _has(r"^https:")),
    UrlFeature("url_words", _COUNT, Words("网址词数", "words in the URL"), "bare", _count(r"[A-Za-z0-9]+")),
    UrlFeature("url_longest_word", _LETTERS, Words("网址最长词", "longest word of the URL"), "bare", _longest_word),
    UrlFeature("url_digits", _COUNT, Words("网址数字个数", "digits in the URL"), "bare", _count(r"\d")),
    UrlFeature("url_dots", _COUNT, Words("网址点号", "dots in the URL"), "bare", _count(r"\.")),
    UrlFeature("url_hyphens", _COUNT, Words("网址连字符", "hyphens in the URL"), "bare", _count("-")),
    UrlFeature("url_underscores", _COUNT, Words("网址下划线", "underscores in the URL"), "bare", _count("_")),
    UrlFeature("url_slashes", _COUNT, Words("网址斜杠", "slashes in the URL"), "bare", _count("/")),
    UrlFeature("url_ats", _COUNT, Words("网址 @ 号", "@ signs in the URL"), "bare", _count("@")),
    UrlFeature("url_equals", _COUNT, Words("网址等号", "equals signs in the URL"), "bare", _count("=")),
    UrlFeature("url_ampersands", _COUNT, Words("网址 & 号", "& signs in the URL"), "bare", _count("&")),
    UrlFeature("url_percents", _COUNT, Words("网址百分号", "% signs in the URL"), "bare", _count("%")),
    UrlFeature("url_tildes", _COUNT, Words("网址波浪号", "tildes in the URL"), "bare", _count("~")),
    UrlFeature("url_www", _COUNT, Words("网址中 www 个数", "www in the URL"), "bare", _count("www")),
    UrlFeature("url_com", _COUNT, Words("网址中 .com 个数", ".com in the URL"), "bare", _count(r"\.com")),
    UrlFeature("url_hints", _COUNT, Words("登录、验证等词", "words like login"), "bare", _count(f"(?i){_HINTS}")),
    UrlFeature("url_mail", _YES, Words("网址含邮箱地址", "a mail address in the URL"), "bare", _has(r"[\w.]+@[\w.]+")),
    UrlFeature(
        "url_hex", _COUNT, Words("长十六进制串个数", "long hexadecimal strings"), "bare", _count(r"[0-9a-f]{16,}")
    ),
    UrlFeature("host_length", _LETTERS, Words("主机名长度", "length of the host"), "host", _length),
    UrlFeature("host_dots", _COUNT, Words("主机名点号", "dots in the host"), "host", _count(r"\.")),
    UrlFeature("host_hyphens", _COUNT, Words("主机名连字符", "hyphens in the host"), "host", _count("-")),
    UrlFeature("host_digits", _COUNT, Words("主机名数字个数", "digits in the host"), "host", _count(r"\d")),
    UrlFeature("host_vowels", _COUNT, Words("主机名元音个数", "vowels in the host"), "host", _count("[aeiou]")),
    UrlFeature(
        "host_is_address", _YES, Words("主机名为 IP 地址", "the host is an IP address"), "host", _has(r"^[\d.]+$")
    ),
    UrlFeature("registered_length", _LETTERS, Words("注册域名长度", "registered name's length"), "registered", _length),
    UrlFeature("registered_dots", _COUNT, Words("注册域名点号", "registered name's dots"), "registered", _count(r"\.")),
    UrlFeature("path_length", _LETTERS, Words("路径长度", "length of the path"), "path", _length),
    UrlFeature("path_depth", _COUNT, Words("路径层数", "levels of the path"), "path", _count("/")),
    UrlFeature("path_digits", _COUNT, Words("路径数字个数", "digits in the path"), "path", _count(r"\d")),
    UrlFeature("path_capitals", _COUNT, Words("路径大写字母", "capitals in the path"), "path", _count("[A-Z]")),
    UrlFeature("path_php", _YES, Words("路径含 .php", ".php in the path"), "path", _has(r"\.php")),
    UrlFeature("path_html", _YES, Words("路径含 .htm", ".htm in the path"), "path", _has(r"\.html?")),
    UrlFeature("path_wp", _YES, Words("路径含 WordPress 目录", "a WordPress folder"), "path", _has(r"/wp-\w")),
    UrlFeature("path_ends_open", _YES, Words("路径以斜杠结尾", "the path ends in a slash"), "path", _has("/$")),
    UrlFeature("query_length", _LETTERS, Words("参数长度", "length of the query"), "query", _length),
)  # fmt: skip

FEATURES: tuple[Feature, ...] = tuple(Feature(feature.name, feature.title, feature.unit) for feature in MEASURES)


def url_features(parts: UrlParts) -> Floats:
    """Return rows × MEASURES."""
    columns = [feature.compute(getattr(parts, feature.part)) for feature in MEASURES]
    return np.column_stack([_floats(column) for column in columns])


def _floats(column: Any) -> Floats:
    values = column if isinstance(column, np.ndarray) else column.cast(pa.int32()).to_numpy(zero_copy_only=False)
    return values.astype(np.float64)

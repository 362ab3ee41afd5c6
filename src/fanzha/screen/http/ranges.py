"""GET /v1/ranges/…: look-ups by hash prefix, which do not reveal the value."""

import re

import msgspec

from fanzha.base.words import Words
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.hash_ranges import find_public_entry
from fanzha.screen.http.problem import HttpProblem
from fanzha.screen.http.route import HttpRequest, HttpResponse, HttpRoute, Parameter
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.store.screen_keys import KeyScope

#: Answers are padded to the longest one or a multiple of this, so that their length reveals nothing.
LENGTH_STEP = 1_024
_ENTRY = 56  # maximum bytes of a number's entry in JSON
_HEAD = 160
_URL_DIGITS, _NUMBER_DIGITS = 8, 4
_LIST_COSTS = 100  # tokens


class RangeEntry(msgspec.Struct, frozen=True, array_like=True):
    """A pair: the hash in hex (of numbers the 6 bytes behind the prefix, of URLs all of it), and the fraud type.

    一对值：十六进制哈希（号码为前缀之后的 6 字节，网址为全部）与涉诈类型。
    """

    hash: str
    fraud_type: str


class RangeOut(msgspec.Struct, frozen=True):
    """The entries below a prefix, padded with blanks to a fixed length. 该前缀下的在册项，以空格补齐到固定长度。"""

    entries: tuple[RangeEntry, ...]
    sequence: int
    made_at: int
    padding: str = ""


async def _urls(services: ScreenServices, request: HttpRequest) -> bytes:
    prefix = _check_prefix(request.path_value, _URL_DIGITS)
    snapshot = _require_snapshot(services)
    entries_below = (
        (whole, find_public_entry(entry, request.at)) for whole, entry in snapshot.urls(bytes.fromhex(prefix))
    )
    entries = tuple(RangeEntry(whole.hex(), entry.fraud_type) for whole, entry in entries_below if entry is not None)
    services.metrics.ranges.series_for("url").value += 1
    return pad(RangeOut(entries, snapshot.head.sequence, snapshot.head.created_at), LENGTH_STEP)


async def _numbers(services: ScreenServices, request: HttpRequest) -> bytes:
    prefix = _check_prefix(request.path_value, _NUMBER_DIGITS)
    if services.number_ranges is None:
        raise HttpProblem("not-offered", Words("运营方未开放号码的前缀查询", "the operator tells no numbers by ranges"))
    snapshot = _require_snapshot(services)
    number_range = await services.number_ranges.find(snapshot, int(prefix, 16), request.at)
    entries = tuple(RangeEntry(*entry) for entry in number_range.entries)
    services.metrics.ranges.series_for("phone_number").value += 1
    length = _round_up(_HEAD + number_range.largest * _ENTRY)
    return pad(RangeOut(entries, snapshot.head.sequence, snapshot.head.created_at), length)


async def _url_prefixes(services: ScreenServices, request: HttpRequest) -> HttpResponse:
    services.authorizer.charge(request.bucket, _LIST_COSTS, request.now_ns)
    prefixes, identity = await services.url_prefixes.find(_require_snapshot(services))
    tag = b'"%s"' % identity.encode()
    headers = ((b"etag", tag),)
    unchanged = request.headers.get(b"if-none-match") == tag
    return HttpResponse(b"" if unchanged else prefixes, b"application/octet-stream", 304 if unchanged else 200, headers)


def pad(range_out: RangeOut, length: int) -> bytes:
    """Return the JSON padded with blanks to `length` bytes, or to a multiple of LENGTH_STEP if longer."""
    unpadded_length = len(msgspec.json.encode(range_out))
    missing = max(length, _round_up(unpadded_length)) - unpadded_length
    return msgspec.json.encode(msgspec.structs.replace(range_out, padding=" " * missing))


def _round_up(size: int) -> int:
    return -(-size // LENGTH_STEP) * LENGTH_STEP


def _check_prefix(text: str, digits: int) -> str:
    if not re.fullmatch(_pattern(digits), text):
        zh, en = f"前缀须为 {digits} 位小写十六进制", f"a prefix has {digits} hexadecimal digits in lower case"
        raise HttpProblem("wrong-value", Words(zh, en))
    return text


def _pattern(digits: int) -> str:
    return f"^[0-9a-f]{{{digits}}}$"


def _require_snapshot(services: ScreenServices) -> MappedSnapshot:
    snapshot = services.snapshot()
    if snapshot is None:
        raise HttpProblem("not-ready", Words("快照尚未载入", "no snapshot is loaded yet"))
    return snapshot


URL_PREFIXES = HttpRoute(
    name="url_prefixes",
    method="GET",
    path="/v1/ranges/url",
    scope=KeyScope.RANGES,
    title=Words("下载网址哈希前缀表", "All URL prefixes"),
    tells=Words(
        "每个在册网址表达式 SHA-256 的前 4 字节，升序相连。先在本地比对，命中才需按前缀询问。"
        "计 100 个值；用 If-None-Match 免重复下载。",
        "The first 4 bytes of the SHA-256 of every listed URL expression, sorted, one behind the other. Compare "
        "locally and ask only about hits. Counts as 100 values; send If-None-Match not to fetch the same list twice.",
    ),
    answer=_url_prefixes,
    content_type=b"application/octet-stream",
    caching=b"private, no-cache",
    problems=("not-ready", "too-many"),
    other_statuses=((304, Words("与已有的一份相同", "the same as the one at hand")),),
)
URLS = HttpRoute(
    name="url_range",
    method="GET",
    path="/v1/ranges/url/{prefix}",
    scope=KeyScope.RANGES,
    title=Words("按前缀询问网址", "URLs by prefix"),
    tells=Words(
        "返回该前缀下在册网址表达式的完整 SHA-256，由询问方自行比对。答复补齐到固定长度。",
        "Gives the whole SHA-256 of every listed URL expression below a prefix, for the asker to compare. Answers are "
        "filled up to a fixed length.",
    ),
    answer=_urls,
    gives=RangeOut,
    parameters=(
        Parameter("prefix", Words("SHA-256 前 4 字节", "first 4 bytes of the SHA-256"), pattern=_pattern(_URL_DIGITS)),
    ),
    problems=("wrong-value", "not-ready"),
)
NUMBERS = HttpRoute(
    name="number_range",
    method="GET",
    path="/v1/ranges/phone_number/{prefix}",
    scope=KeyScope.RANGES,
    title=Words("按前缀询问号码", "Numbers by prefix"),
    tells=Words(
        "对 E.164 号码（如 +8617000000001）取 SHA-256，前 2 字节为前缀；返回其后 6 字节与可申诉的涉诈类型。"
        "各前缀的答复长度一致。被标记者可向运营方申诉。",
        "Take the SHA-256 of the E.164 number (such as +8617000000001): its first 2 bytes are the prefix, the answer "
        "has the 6 bytes behind with a fraud type that its holder may object to. All answers are equally long.",
    ),
    answer=_numbers,
    gives=RangeOut,
    parameters=(
        Parameter(
            "prefix", Words("SHA-256 前 2 字节", "first 2 bytes of the SHA-256"), pattern=_pattern(_NUMBER_DIGITS)
        ),
    ),
    problems=("wrong-value", "not-offered", "not-ready"),
)

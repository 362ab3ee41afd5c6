"""Match headers of exports to event columns and find their units."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import cache, lru_cache

from fanzha.events import Column, source_events
from fanzha.read._map.column_map import Unit
from fanzha.read._map.targets import CALLS, target_columns

#: Headers of a subscriber's own number, of the other number, and of the direction.
OWN = (
    "本机号码",
    "本方号码",
    "用户号码",
    "手机号码",
    "手机号",
    "计费号码",
    "服务号码",
    "客户号码",
    "机主号码",
    "msisdn",
    "号码",
    "own_number",
)
OTHER = (
    "对端号码",
    "对方号码",
    "对方",
    "对端",
    "通话号码",
    "other_number",
    "peer_number",
    "other_party",
    "opposite_number",
    "opp",
    "opp_number",
)
DIRECTION = (
    "呼叫类型", "通话类型", "主被叫", "主被叫标识", "主叫被叫", "呼叫方向", "方向", "通信方式", "呼叫方式", "话单类型",
    "收发类型", "收发", "收发标识", "短信方向", "call_type", "calltype", "direction", "call_direction", "record_type",
)  # fmt: skip
_UNITS: dict[str, Unit] = {
    "秒": "s", "s": "s", "sec": "s", "second": "s", "seconds": "s", "毫秒": "ms", "ms": "ms", "millisecond": "ms",
    "milliseconds": "ms", "分": "min", "分钟": "min", "min": "min", "mins": "min", "minutes": "min", "小时": "h",
    "h": "h", "hour": "h", "hours": "h",
}  # fmt: skip
#: Traditional characters in headers, and their simplified forms.
_SIMPLIFIED = str.maketrans(
    "號碼時間開結話長類訊內簡發來電網帳戶終點國際關單標識應釋備註對稱書證舉報籤鏈轉撥達據項數繼",
    "号码时间开结话长类讯内简发来电网账户终点国际关单标识应释备注对称书证举报签链转拨达据项数继",
)
#: Words for statistics in headers and in column names.
_STATISTICS = (
    ("variance", re.compile(r"方差|var")), ("deviation", re.compile(r"标准差|离差|stdd?ev|std$")),
    ("error", re.compile(r"标准误|sem$|stderr")), ("skewness", re.compile(r"偏度|skew")),
    ("percentile", re.compile(r"分位|quantile|percentile|p\d\d$")), ("median", re.compile(r"中位|median")),
    ("most", re.compile(r"最[大高长多]|max")), ("least", re.compile(r"最[小低短少]|min$")),
)  # fmt: skip
#: Headers of the time of subscription, which is the time of the event in some tables only.
_JOINED = re.compile(r"入网|开户|开卡|激活|在网")
_TELLS_JOINING = ("registration", "account_action")
#: Headers of identity papers, whose numbers are never telephone numbers, and of amounts, which are never durations.
_PAPER = re.compile(r"证件|身份证|护照|idcard|idcertno|certno|certnum|certid|identityno|passport")
_AMOUNT = re.compile(
    r"(?<!计)费(?!时)|金额|月租|价格|余额|充值|(?<!of)charge(?!able)|(?<![a-z])fee|amount|price|rental|balance|cost"
)
#: Headers of the other side of a call or text, and of what describes a text.
_CALLING, _CALLED = (
    re.compile(r"caller|calling|主叫|sender|发送方"),
    re.compile(r"called|callee|dest|被叫|recipient|接收方"),
)
_OTHER_SIDE = {"caller": _CALLED, "sender": _CALLED, "callee": _CALLING, "recipient": _CALLING}
_ABOUT_A_TEXT = re.compile(r"(id|no|type|status|state|count|length|len|parts|编号|标识|长度|状态|条数|类型)$")
#: Headers of durations without conversation.
_NO_TALK = re.compile(r"ring|hold|park|queue|wait|pdd|postdial|振铃|保持|等待|排队")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z_]*")
_PREFIX = re.compile(r"[A-Za-z]{1,4}_(?=.)")
_FEWEST_PREFIXED = 3
_BRACKETS = re.compile(r"[(\[【<{]([^)\]】>}]*)[)\]】>}]")
_DATA = re.compile(r"^[+-]?[\d\s:/.,eE年月日时分秒TZ+-]*\d[\d\s:/.,eE年月日时分秒TZ+-]*$")


def fold_header(header: str) -> str:
    """Return a header in lower case and simplified characters, without spaces, punctuation and text in brackets."""
    text = unicodedata.normalize("NFKC", header).lower().translate(_SIMPLIFIED)
    text = _BRACKETS.sub("", text)
    return re.sub(r"[\s_\-.:/'\"*#]+", "", text)


def find_unit(header: str) -> Unit:
    """Return the time unit in brackets or at the end of a header: s, ms, min, h, or ""."""
    text = unicodedata.normalize("NFKC", header).lower()
    for bracketed in _BRACKETS.findall(text):
        if unit := _UNITS.get(bracketed.replace("单位", "").strip(" :")):
            return unit
    match = re.search(r"(?:_|\s)(ms|s|sec|seconds|min|minutes)$|(毫秒|秒|分钟|秒数)$", text)
    return _UNITS.get((match[1] or match[2]).removesuffix("数"), "") if match else ""


@cache
def column_names(table: str) -> dict[str, frozenset[str]]:
    """Return the folded names and aliases of each column of a table."""
    return {name: frozenset(_fold_names(column)) for name, column in target_columns(table).items()}


def _fold_names(column: Column) -> list[str]:
    return [
        fold_header(name)
        for name in (column.name, column.title.zh, column.title.en, *column.aliases)
        if fold_header(name)
    ]


@cache
def recognised_headers() -> frozenset[str]:
    """Return the folded names and aliases of all columns of all tables."""
    tables = [CALLS, *source_events()]
    headers = {name for table in tables for names in column_names(table).values() for name in names}
    return frozenset(headers | {fold_header(name) for name in (*OWN, *OTHER, *DIRECTION)})


def is_paper(header: str) -> bool:
    """Return whether a header names the number of an identity paper."""
    return bool(_PAPER.search(fold_header(header)))


def names_joining(header: str) -> bool:
    """Return whether a header names the time of a subscription."""
    return bool(_JOINED.search(header))


def strip_shared_prefix(names: tuple[str, ...]) -> dict[str, str]:
    """Return name -> name without the prefix that all columns of some vendors share, such as H_ in H_MSISDN."""
    prefixes = {match[0] for name in names if (match := _PREFIX.match(name))}
    if len(prefixes) == 1 and len(names) >= _FEWEST_PREFIXED and all(_PREFIX.match(name) for name in names):
        return {name: _PREFIX.sub("", name, count=1) for name in names}
    return {name: name for name in names}


def contradicts_column(header: str, column: Column, table: str) -> bool:
    """Return whether a header names something else: another time, side or statistic, an id, a paper, an amount."""
    other_side = _OTHER_SIDE.get(column.name)
    if other_side is not None and other_side.search(fold_header(header)):
        return True
    if column.content and _ABOUT_A_TEXT.search(fold_header(header)):
        return True
    if column.name == "occurred_at":
        return names_joining(header) and table not in _TELLS_JOINING
    if column.unit == "ms":
        text = fold_header(header)
        return bool(_AMOUNT.search(text)) or (column.name == "talk_ms" and bool(_NO_TALK.search(text)))
    if is_paper(header):
        return column.kind != "person" and not column.name.startswith("id_")
    return table == "subscriber_profile" and _find_statistics(fold_header(header)) != _find_statistics(
        fold_header(column.name)
    )


def _find_statistics(text: str) -> set[str]:
    return {name for name, words in _STATISTICS if words.search(text)}


def score_header(header: str, names: frozenset[str]) -> float:
    """Return the similarity (0-1) of a header and a column's names."""
    text = fold_header(header)
    if not text:
        return 0.0
    if text in names:
        return 1.0
    return max((_score_name(text, name) for name in names), default=0.0)


@lru_cache(maxsize=1 << 16)
def _score_name(text: str, name: str) -> float:
    shorter, longer = sorted((text, name), key=len)
    ascii_, share = shorter.isascii(), len(shorter) / len(longer)
    if len(shorter) >= (4 if ascii_ else 2) and share >= (0.5 if ascii_ else 0.2) and shorter in longer:
        return 0.55 + 0.3 * share
    if len(shorter) >= 4 and len(longer) - len(shorter) <= 2:
        ratio = SequenceMatcher(None, text, name).ratio()
        return 0.8 * ratio if ratio >= 0.85 else 0.0
    return 0.0


def is_header(cells: list[str]) -> bool:
    """Return whether a row holds column names rather than values."""
    texts = [cell.strip().strip("'\"\ufeff") for cell in cells]
    present = [text for text in texts if text]
    if not present:
        return False
    recognised = sum(fold_header(text) in recognised_headers() for text in present)
    if recognised >= max(1, 0.3 * len(present)):
        return True
    is_plain = all(len(text) <= 60 and not _DATA.match(text) for text in present)
    return len(present) > 1 and is_plain and len(set(present)) == len(present) and not _looks_like_data(present)


def _looks_like_data(texts: list[str]) -> bool:
    return any(
        re.search(r"\d{5,}|://|。|，|\w\.\w{2,}", text) or (len(text) > 30 and not _IDENTIFIER.fullmatch(text))
        for text in texts
    )

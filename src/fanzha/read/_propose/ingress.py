"""Where calls came in, when no column says so: what the file says of itself, and else a warning."""

import re

import msgspec

from fanzha.base.words import Words
from fanzha.read._map.column_map import ColumnMap
from fanzha.read._map.targets import CALLS

_GATEWAY = re.compile(r"国际(关口局|出入口|来话|局|入局)|境外来(话|电)|\bigw\b|international.?gateway", re.IGNORECASE)

FROM_TITLE = Words(
    "文件名或标题写明国际关口局，按国际来话处理；不对请改 constants.ingress",
    "the file's name or title names the international gateway, so its calls are taken as from abroad; "
    "if they are not, change constants.ingress",
)
UNKNOWN = Words(
    "来话入口未知，与入口有关的检测不会报告；请在 [constants] 写 ingress，或用 values 翻译中继",
    "where the calls came in is not known, so detectors that need it stay silent; "
    "write ingress under [constants], or translate the trunks by `values`",
)


def with_ingress(map_: ColumnMap, about: str) -> tuple[ColumnMap, tuple[Words, ...]]:
    """Return the map with the ingress of all its calls, if the file names one, and what the operator should check."""
    if map_.table not in (CALLS, "call_offered") or "ingress" in map_.columns:
        return map_, ()
    if _GATEWAY.search(about):
        constants = {**map_.constants, "ingress": "international_gateway"}
        return msgspec.structs.replace(map_, constants=constants), (FROM_TITLE,)
    return map_, (UNKNOWN,)

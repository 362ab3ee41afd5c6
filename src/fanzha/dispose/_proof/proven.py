"""What a proof says: it holds, it does not, or nothing can be told from it; with words for whoever must know."""

from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words


class Holds(StrEnum):
    """Whether what was ordered (or taken back) is so."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Proven(NamedTuple):
    """One proof: of what sort, whether it holds, when that was so (UTC ms), and what was seen."""

    kind: str
    holds: Holds
    at: int
    words: Words


KIND_WORDS: dict[str, Words] = {
    "snapshot_entry": Words("快照条目", "entry in the snapshot"),
    "test_call": Words("拨测", "test call"),
    "site_probe": Words("访问探测", "probe of a site"),
    "system_record": Words("系统记录", "record of the receiver's system"),
}

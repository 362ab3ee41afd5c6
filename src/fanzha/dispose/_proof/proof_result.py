"""Result of a proof: yes, no or unknown, with a description."""

from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words


class ProofOutcome(StrEnum):
    """Whether the order (or its withdrawal) took effect."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ProofResult(NamedTuple):
    """One proof: kind, outcome, time (UTC ms) and description."""

    kind: str
    outcome: ProofOutcome
    at: int
    words: Words


KIND_WORDS: dict[str, Words] = {
    "snapshot_entry": Words("快照条目", "entry in the snapshot"),
    "test_call": Words("拨测", "test call"),
    "site_probe": Words("访问探测", "probe of a site"),
    "system_record": Words("系统记录", "record of the receiver's system"),
}

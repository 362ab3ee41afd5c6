"""Whether a file is the one that was to come: nothing is lost unseen, and nothing counts twice."""

from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words


class Place(StrEnum):
    """How a file stands to those that came before."""

    NEXT = "next"
    REPEATED = "repeated"
    MISSING_BEFORE = "missing_before"
    ANOTHER = "another"


PLACE_WORDS: dict[Place, Words] = {
    Place.NEXT: Words("依序收到", "the next one"),
    Place.REPEATED: Words("重复文件，不再处理", "came before: nothing is done again"),
    Place.MISSING_BEFORE: Words("此前有文件缺失", "files before it are missing"),
    Place.ANOTHER: Words(
        "与前一文件不衔接，疑被替换或发送方重置",
        "it does not follow the file before: replaced, or its sender began anew",
    ),
}


class Last(NamedTuple):
    """The newest file that came from a sender: number and digest; 0 and "" before the first."""

    sequence: int = 0
    digest: str = ""


def place_of(sequence: int, before: str, last: Last) -> Place:
    """Return how a file with this number, naming this digest as the one before it, stands to the last one."""
    if sequence <= last.sequence:
        return Place.REPEATED
    if sequence > last.sequence + 1:
        return Place.MISSING_BEFORE
    return Place.NEXT if before == last.digest else Place.ANOTHER

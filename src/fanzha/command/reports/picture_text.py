"""The text of a picture and the numbers and links in it, read in a child process by an optional package (`ocr`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.base.child_process import ChildCrash, ChildError, ChildLimits, ChildRefusal, ChildTimeout, stream_from_child
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.reports.picture_reader import read_picture
from fanzha.command.subjects.services import canonicalize
from fanzha.kinds.website import find_links

#: The engine reserves far more addresses than memory: it uses some 700 MB.
LIMITS = ChildLimits(memory_bytes=6 * 1024**3, cpu_seconds=60, wait_seconds=120)
LONGEST_TEXT = 5_000
MOST_VALUES = 20
_NUMBER = re.compile(
    r"(?<![\d+])(?:\+?86[\s-]?)?(?:1[3-9]\d(?:[\s-]?\d{4}){2}|0\d{2,3}-?\d{7,8}|(?:400|800)(?:-?\d){7}|95\d{3,6})(?!\d)"
)
#: A line break within a number.
_BROKEN = re.compile(r"(?<=[\d-])\n(?=[\d-])")
_REASONS = {
    "too_large": Words("图片像素过多", "the picture has too many pixels"),
    "damaged": Words("图片已损坏或不是 JPEG、PNG", "the picture is damaged, or neither JPEG nor PNG"),
}
_TIMEOUT = Words("识别超时", "reading the picture takes too long")
_FAILED = Words("识别程序异常终止，图片可能已损坏或过大", "the reader failed; the picture may be damaged or too large")


class UnreadablePicture(ValueError):
    """Raised for a picture that cannot be read; `words` says why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class FoundValue(NamedTuple):
    """A number or link in a text: kind of subject and canonical value."""

    kind: str
    value: str


def is_installed() -> bool:
    """Return whether the package that reads pictures is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_text(path: Path, limits: ChildLimits = LIMITS) -> str:
    """Return the text of a picture, a line for each line of it. Raise UnreadablePicture."""
    try:
        output = b"".join(stream_from_child(limits, read_picture, str(path)))
        lines = msgspec.json.decode(output, type=list[str])
    except ChildRefusal as refusal:
        raise UnreadablePicture(_REASONS.get(refusal.reason, _FAILED)) from None
    except ChildTimeout:
        raise UnreadablePicture(_TIMEOUT) from None
    except (ChildCrash, ChildError, msgspec.DecodeError):
        raise UnreadablePicture(_FAILED) from None
    return "\n".join(line.replace("\0", "") for line in lines)[:LONGEST_TEXT]


def find_values(text: str) -> list[FoundValue]:
    """Return the phone numbers and the hosts of links in a text, each once, in their order."""
    joined = _BROKEN.sub("", text)
    return list(dict.fromkeys([*_find_numbers(joined), *_find_hosts(text)]))[:MOST_VALUES]


def _find_numbers(text: str) -> Iterator[FoundValue]:
    for found in _NUMBER.finditer(text):
        written = found[0]
        kind = "short_code" if written.startswith("95") else "phone_number"
        try:
            yield FoundValue(kind, canonicalize(kind, written).value)
        except Malformed:
            continue


def _find_hosts(text: str) -> Iterator[FoundValue]:
    for link in find_links(text):
        try:
            yield FoundValue("website", canonicalize("website", link.location.host).value)
        except Malformed:
            continue

"""The text of a picture, read in a child process by an optional package (`ocr`)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import msgspec

from fanzha.base.child_process import ChildCrash, ChildError, ChildLimits, ChildRefusal, ChildTimeout, stream_from_child
from fanzha.base.words import Words
from fanzha.command.reports.picture_reader import read_picture

#: The engine reserves far more addresses than memory: it uses some 700 MB.
LIMITS = ChildLimits(memory_bytes=6 * 1024**3, cpu_seconds=30, wait_seconds=90)
LONGEST_TEXT = 5_000
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

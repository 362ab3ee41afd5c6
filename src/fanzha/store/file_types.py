"""Accepted types of evidence files, by suffix and matching first bytes (OWASP ASVS 5.0, 5.2.2).

Signatures are those of the formats' specifications. Files of other types can be submitted in an archive.
"""

from collections.abc import Callable
from pathlib import PurePath

#: The number of bytes needed to check a type.
HEAD_BYTES = 4096

_Test = Callable[[bytes], bool]
#: Control characters that no text holds, and textual signatures of other types.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_NO_TEXT = (b"%PDF-", b"#!AMR", b"{\\rtf")


def _prefix(*prefixes: bytes, offset: int = 0) -> _Test:
    return lambda head: head[offset:].startswith(prefixes)


def _riff(form: bytes) -> _Test:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _is_text(head: bytes) -> bool:
    """Return whether the bytes are UTF-16 with a byte order mark, or UTF-8 or GB 18030 without control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decodes(head, "utf-16")
    if not head or head.startswith(_NO_TEXT) or head.translate(None, _CONTROLS) != head:
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    for cut in range(4):
        try:
            head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


_ARCHIVE, _OLE, _BOX = (
    _prefix(b"PK\x03\x04"),
    _prefix(bytes.fromhex("d0cf11e0a1b11ae1")),
    _prefix(b"ftyp", offset=4),
)
_DER, _MATROSKA = (
    _prefix(b"\x30\x80", b"\x30\x81", b"\x30\x82", b"\x30\x83"),
    _prefix(bytes.fromhex("1a45dfa3")),
)
_TIFF, _JPEG = _prefix(b"II*\0", b"MM\0*"), _prefix(b"\xff\xd8\xff")
_PCAP = _prefix(*map(bytes.fromhex, ("d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d")))

#: Suffix -> check of the first bytes.
TYPES: dict[str, _Test] = {
    **{"pdf": _prefix(b"%PDF-"), "ofd": _ARCHIVE, "docx": _ARCHIVE, "xlsx": _ARCHIVE, "pptx": _ARCHIVE},
    **{"doc": _OLE, "xls": _OLE, "ppt": _OLE, "msg": _OLE, "rtf": _prefix(b"{\\rtf")},
    **dict.fromkeys(("txt", "csv", "tsv", "log", "json", "jsonl", "xml", "eml", "asc", "md", "html"), _is_text),
    **{"png": _prefix(b"\x89PNG\r\n\x1a\n"), "jpg": _JPEG, "jpeg": _JPEG, "gif": _prefix(b"GIF87a", b"GIF89a")},
    **{"webp": _riff(b"WEBP"), "bmp": _prefix(b"BM"), "tif": _TIFF, "tiff": _TIFF, "heic": _BOX, "heif": _BOX},
    **{"mp4": _BOX, "m4a": _BOX, "mov": _BOX, "3gp": _BOX, "mkv": _MATROSKA, "webm": _MATROSKA, "avi": _riff(b"AVI ")},
    **{"wav": _riff(b"WAVE"), "mp3": _prefix(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa")},
    **{"amr": _prefix(b"#!AMR"), "aac": _prefix(b"\xff\xf1", b"\xff\xf9")},
    **{"ogg": _prefix(b"OggS"), "flac": _prefix(b"fLaC")},
    **{"pcap": _PCAP, "pcapng": _prefix(b"\x0a\x0d\x0d\x0a"), "parquet": _prefix(b"PAR1")},
    **{"p7s": _DER, "p7m": _DER, "cer": _DER},
    **{"zip": _ARCHIVE, "apk": _ARCHIVE, "7z": _prefix(b"7z\xbc\xaf\x27\x1c"), "rar": _prefix(b"Rar!\x1a\x07")},
    **{"gz": _prefix(b"\x1f\x8b")},
}  # fmt: skip


def file_suffix(name: str) -> str:
    """Return the suffix of a file name in lower case, without its dot, "" for none."""
    return PurePath(name).suffix.removeprefix(".").casefold()


def is_accepted(name: str) -> bool:
    """Return whether files with this suffix are accepted."""
    return file_suffix(name) in TYPES


def matches_content(name: str, head: bytes) -> bool:
    """Return whether the first `HEAD_BYTES` bytes of a file match its suffix."""
    test = TYPES.get(file_suffix(name))
    return test is not None and test(head)

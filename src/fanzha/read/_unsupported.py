"""Formats that people send and nobody here reads: what to do with them."""

from fanzha.base.words import Words

UNKNOWN = Words("无法识别的格式", "no reader understands this file")
_OLD_OFFICE = Words("旧版 Office 文件；请另存为 .xlsx 或 CSV", "an old Office file: save it as .xlsx or CSV")
_PACKED = Words("请先解压该压缩包", "unpack this archive first (.gz and .zip are opened)")
_DATABASE = Words("数据库文件；请导出为 CSV", "a database file: export its table as CSV")
_PAGES = Words("版式文档；请导出为表格", "a document of pages: export its table")
_MEDIA = Words("图片、声音或视频", "a picture, sound or film")
_BEGINNINGS: tuple[tuple[bytes, Words], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_OFFICE),
    (b"Rar!\x1a\x07", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"BZh", _PACKED),
    (b"\xfd7zXZ\x00", _PACKED),
    (b"\x28\xb5\x2f\xfd", _PACKED),
    (b"SQLite format 3\x00", _DATABASE),
    (b"%PDF-", _PAGES),
    (b"\x89PNG\r\n", _MEDIA),
    (b"\xff\xd8\xff", _MEDIA),
    (b"RIFF", _MEDIA),
)


def unsupported(head: bytes) -> Words:
    """Return why a file is not read, and what to do, as far as its first bytes tell."""
    if head[257:262] == b"ustar":
        return _PACKED
    return next((words for beginning, words in _BEGINNINGS if head.startswith(beginning)), UNKNOWN)

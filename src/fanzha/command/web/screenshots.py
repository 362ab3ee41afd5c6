"""Strip pictures of everything but the picture: no place, device, time, thumbnail, comment or appended data.

JPEG (ISO/IEC 10918-1) and PNG (ISO/IEC 15948) are rewritten segment by segment, without a decoder: only the parts that
a picture needs are copied, and what follows its end is dropped. Other formats are refused.
"""

import struct
import zlib

from fanzha.base.words import Words

MAX_BYTES = 8 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
#: Chunks of a PNG that its pixels need.
_PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
MAX_SIDE = 20_000
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
#: Segments of a JPEG that its pixels need: frames, tables, restart interval; APP14 names the colours of CMYK.
_JPEG_SEGMENTS = {*range(0xC0, 0xD0), 0xDB, 0xDD, 0xEE} - {0xC8}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_STANDALONE = {*range(0xD0, 0xD8), 0x01}
TOO_LARGE = Words("图片超过8 MB，请裁剪后再上传", "The picture is larger than 8 MB. Crop it and try again.")
NO_PICTURE = Words("只能上传 JPEG 或 PNG 图片", "Only JPEG and PNG pictures can be uploaded.")
DAMAGED = Words("图片已损坏，请重新截图或拍照", "The picture is damaged. Take it again.")


class UnusableScreenshot(ValueError):
    """Raised for a file that is not taken; `words` says why and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def strip_screenshot(data: bytes) -> bytes:
    """Return a JPEG or PNG with its pixels alone. Raise UnusableScreenshot."""
    if len(data) > MAX_BYTES:
        raise UnusableScreenshot(TOO_LARGE)
    try:
        if data.startswith(_PNG):
            return _strip_png(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _strip_jpeg(data)
    except (struct.error, IndexError):
        raise UnusableScreenshot(DAMAGED) from None
    raise UnusableScreenshot(NO_PICTURE)


def _strip_png(data: bytes) -> bytes:
    kept, position, kind, has_pixels = [_PNG], len(_PNG), b"", False
    while kind != b"IEND":
        (size,) = struct.unpack_from(">I", data, position)
        kind, end = data[position + 4 : position + 8], position + 12 + size
        body = data[position + 4 : end - 4]
        if end > len(data) or struct.unpack_from(">I", data, end - 4)[0] != zlib.crc32(body):
            raise UnusableScreenshot(DAMAGED)
        if len(kept) == 1:
            _check_sides(kind == b"IHDR", *struct.unpack_from(">II", body, 4))
        has_pixels = has_pixels or kind == b"IDAT"
        if kind in _PNG_CHUNKS:
            kept.append(data[position:end])
        position = end
    if not has_pixels:
        raise UnusableScreenshot(DAMAGED)
    return b"".join(kept)


def _strip_jpeg(data: bytes) -> bytes:
    kept, position, has_frame = [data[:2]], 2, False
    while True:
        if data[position] != 0xFF:
            raise UnusableScreenshot(DAMAGED)
        marker = data[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        if marker == _END:
            break
        if marker in _STANDALONE:
            position += 2
            continue
        (size,) = struct.unpack_from(">H", data, position + 2)
        end = position + 2 + size
        if size < 2 or end > len(data):
            raise UnusableScreenshot(DAMAGED)
        if marker in _FRAMES:
            _check_sides(True, *struct.unpack_from(">HH", data, position + 5))
            has_frame = True
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        if marker == _SCAN or marker in _JPEG_SEGMENTS:
            kept.append(data[position:end])
        position = end
    if not has_frame or not any(segment[1] == _SCAN for segment in kept[1:]):
        raise UnusableScreenshot(DAMAGED)
    return b"".join([*kept, b"\xff\xd9"])


def _end_of_scan(data: bytes, position: int) -> int:
    """Return the position of the marker that follows the entropy-coded data of a scan."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise UnusableScreenshot(DAMAGED)
        if data[position + 1] != 0x00 and data[position + 1] not in _STANDALONE:
            return position
        position += 2


def _check_sides(is_header: bool, first: int, second: int) -> None:
    if not is_header or not 0 < first <= MAX_SIDE or not 0 < second <= MAX_SIDE:
        raise UnusableScreenshot(DAMAGED)

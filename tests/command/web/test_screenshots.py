"""Of a screenshot the pixels remain: no metadata, nothing appended; what is no picture is refused."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.web.screenshots import MAX_BYTES, UnusableScreenshot, strip_screenshot

SECRET = b"taken at a made-up place"


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 1) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" + b"\1\2\3" * 2))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"tEXt", SECRET) + chunk(b"eXIf", SECRET) + pixels + chunk(b"IEND")


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg() -> bytes:
    frame = segment(0xC0, struct.pack(">BHHB", 8, 1, 2, 1) + b"\1\x11\0")
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + SECRET) + segment(0xFE, SECRET) + frame + scan + b"\xff\xd9"


@pytest.mark.parametrize("picture", [png(), jpeg()], ids=["png", "jpeg"])
def test_metadata_and_what_follows_the_picture_are_removed(picture: bytes) -> None:
    stripped = strip_screenshot(picture + SECRET)
    assert SECRET not in stripped
    assert strip_screenshot(stripped) == stripped


def test_the_pixels_stay_as_they_are() -> None:
    assert zlib.compress(b"\0" + b"\1\2\3" * 2) in strip_screenshot(png())
    assert b"\x12\xff\x00\x34\xff\xd0\x56" in strip_screenshot(jpeg())


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"%PDF-1.7", png()[:40], jpeg()[:-9], png(0), png(2, 30_000), png().replace(b"IDAT", b"IDAX")],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableScreenshot):
        strip_screenshot(data)


def test_a_large_picture_is_refused() -> None:
    with pytest.raises(UnusableScreenshot, match="8 MB"):
        strip_screenshot(png() + bytes(MAX_BYTES))


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]), st.binary(max_size=200))
def test_garbage_is_refused_or_a_picture(start: bytes, rest: bytes) -> None:
    try:
        strip_screenshot(start + rest)
    except UnusableScreenshot:
        return

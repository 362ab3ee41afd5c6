"""The text of made-up chat screenshots is read in a child process; hostile pictures end in time with a reason.

PICTURES=50 reads so many and prints the share of numbers that were read. `make field` installs the package `rapidocr`.
"""

import os
import struct
import time
import zlib
from pathlib import Path
from random import Random

import pytest

from fanzha.base.child_process import ChildLimits
from fanzha.command.reports.picture_text import LIMITS, UnreadablePicture, read_text
from fanzha.command.reports.text_values import find_values

pytestmark = pytest.mark.field
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
TEXTS = (
    "您好，我是快递客服，您的包裹丢失了，请联系{}办理赔偿。",
    "恭喜您获得内部名额，添加老师电话 {} 进群领取。",
    "孩子学校通知：学费请尽快转账，咨询{}。",
    "您的账户涉嫌洗钱，请立即拨打 {} 配合调查！",
    "刷单返利，先做一单试试，联系{}，当天到账。",
)
SIZES = ((1080, 1920, 44), (750, 1334, 30), (1440, 3000, 56))


def draw_chat(path: Path, draw: Random) -> str:
    """Draw a chat with a number in it; return the number."""
    from PIL import Image, ImageDraw, ImageFont

    width, height, size = draw.choice(SIZES)
    dark = draw.random() < 0.3
    picture = Image.new("RGB", (width, height), (25, 25, 25) if dark else (237, 237, 237))
    canvas, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, size)
    digits = f"1{draw.choice('3578')}{draw.randrange(10**9):09d}"
    written = draw.choice(
        (digits, f"{digits[:3]} {digits[3:7]} {digits[7:]}", f"{digits[:3]}-{digits[3:7]}-{digits[7:]}")
    )
    top = size * 4
    for text in ("在吗？", draw.choice(TEXTS).format(written), "好的，我看一下"):
        across = (width - size * 6) // size
        lines = [text[start : start + across] for start in range(0, len(text), across)]
        box = (size * 2, top, width - size * 2, top + size * 2 + int(size * 1.5) * len(lines))
        canvas.rounded_rectangle(box, size // 2, fill=(60, 60, 60) if dark else (255, 255, 255))
        for number, line in enumerate(lines):
            place = (size * 3, top + size + int(size * 1.5) * number)
            canvas.text(place, line, font=font, fill=(230, 230, 230) if dark else (20, 20, 20))
        top = box[3] + size * 2
    picture.save(path, "JPEG", quality=draw.choice((60, 80, 92)))
    return f"+86{digits}"


def png(width: int, height: int, pixels: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_numbers_in_chats_are_read(tmp_path: Path) -> None:
    count, draw, begun = int(os.environ.get("PICTURES", "3")), Random(11), time.perf_counter()
    found = 0
    for number in range(count):
        path = tmp_path / f"{number}.jpg"
        expected = draw_chat(path, draw)
        text = read_text(path)
        found += expected in {value.value for value in find_values(text)}
    seconds = (time.perf_counter() - begun) / count
    print(f"\n{found} of {count} numbers read, {seconds:.1f} s a picture")
    assert found >= 0.9 * count


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png(19_000, 19_000, b"\0" * 1_000_000), "too many pixels"),
        (png(5_000, 5_000, b"\0" * 1_000), "damaged"),
        (b"\xff\xd8\xff" + b"\0" * 500, "damaged"),
        (b"GIF89a" + b"\0" * 500, "damaged"),
        (png(400, 400, bytes(range(256)) * 1_880)[:300], "damaged"),
    ],
)
def test_hostile_pictures_end_in_time_with_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "picture").write_bytes(data)
    begun = time.perf_counter()
    with pytest.raises(UnreadablePicture, match=reason):
        read_text(tmp_path / "picture")
    assert time.perf_counter() - begun < 60


def test_a_reader_without_time_or_memory_ends_with_a_reason(tmp_path: Path) -> None:
    draw_chat(tmp_path / "a.jpg", Random(1))
    for limits in (ChildLimits(LIMITS.memory_bytes, 60, 0.2), ChildLimits(300 * 1024**2, 60, 60.0)):
        with pytest.raises(UnreadablePicture):
            read_text(tmp_path / "a.jpg", limits)

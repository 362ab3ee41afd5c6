"""Detect the encoding of a text (UTF-8, GB 18030, Big5, UTF-16, cp1252) and decode it to UTF-8 in blocks."""

import codecs
import re
from collections.abc import Iterator
from functools import cache, lru_cache

from fanzha.read._stream import SourceStream

BLOCK_BYTES = 4 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Frequent characters of Chinese texts and of export headers, simplified and traditional.
_COMMON_CHARACTERS = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "号码话单被叫通间长短信内容呼入口开始结束类型基站时间用户账号日期地址端业务状态网络中继移动联通电信您好请点击链接银行回复退订"
    "這為個國時來們到會對發動過說產種後學經號碼話單開結類站間用戶帳號網絡電訊請點擊鏈銀行簡訊內容來電受話發話時長狀態業務"
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_CONTROLS = [bytes([code]) for code in range(2, 32) if code not in (9, 10, 11, 12, 13, 27, 28, 29, 30, 31)]


@lru_cache(maxsize=4)  # every reader inspects the same file
def detect_encoding(sample: bytes) -> str:
    """Return the encoding of the beginning of a text, "ascii" if it has no other bytes, "" if it is not text."""
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return name
    if not sample:
        return "ascii"
    if name := _detect_utf16(sample):
        return name
    controls = sum(map(sample.count, _CONTROLS)) + max(0, sample.count(b"\0") - len(sample) // 10)
    if controls > len(sample) // 50:
        return ""
    if sample.isascii():
        return "ascii"
    if _is_utf8(sample):
        return "utf-8"
    score, name = max((_score_common_characters(sample, name), name) for name in ("big5hkscs", "gb18030"))
    runs = [len(run) for run in _HIGH.findall(sample, _find_first_high_byte(sample))][:10_000]
    if score < 0.2 and runs.count(1) > 0.6 * len(runs):
        return "cp1252"  # accented letters are single bytes, Chinese characters are pairs
    return name


def _find_first_high_byte(sample: bytes) -> int:
    match = _HIGH.search(sample)
    return match.start() if match else 0


def _detect_utf16(sample: bytes) -> str:
    """Detect UTF-16 without a byte order mark: almost every second byte of ASCII text is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 8 and max(even, odd) > half // 4 and min(even, odd) < max(even, odd) // 8:
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _fix_byte_order(encoding: str, data: bytes) -> str:
    """Return the encoding with its byte order, which is guessed from the data for UTF-16 without a byte order mark."""
    if encoding.lower().replace("_", "-") not in ("utf-16", "utf16"):
        return encoding
    return _detect_utf16(data) or "utf-16-le"


def _is_utf8(sample: bytes) -> bool:
    for cut in range(min(4, len(sample))):  # the sample may end inside a character
        try:
            sample[: len(sample) - cut].decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:
                return False
        else:
            return True
    return False


@cache
def _common_characters() -> frozenset[str]:
    return frozenset(_COMMON_CHARACTERS)


def _score_common_characters(sample: bytes, name: str) -> float:
    start = _find_first_high_byte(sample)
    text = codecs.getincrementaldecoder(name)("replace").decode(sample[start : start + 65_536])
    characters = [character for character in text if ord(character) > 127]
    common = _common_characters()
    hits = sum(character in common for character in characters)
    return (hits - 3 * characters.count("\ufffd")) / max(1, len(characters))


class Utf8Decoder:
    """Decodes a stream to blocks of UTF-8. Invalid bytes become U+FFFD."""

    def __init__(self, stream: SourceStream, encoding: str = "") -> None:
        """Decode `stream`. With `encoding` "" or "ascii", detect it at the first byte outside ASCII."""
        self._stream = stream
        self.encoding = "" if encoding == "ascii" else encoding
        self._decoder: codecs.IncrementalDecoder | None = None
        self._started = False

    def read_blocks(self, size: int = BLOCK_BYTES) -> Iterator[bytes]:
        """Yield blocks of UTF-8 without NUL characters and with \\n as line end."""
        while block := self._stream.read(size):
            if text := self._decode(block, final=False):
                yield _clean_text(text)
        if text := self._decode(b"", final=True):
            yield _clean_text(text)

    def _decode(self, block: bytes, *, final: bool) -> bytes:
        if not self._started:
            block, self._started = self._strip_bom(block), True
        if self._decoder is None:
            if block.isascii() and self.encoding in ("", "utf-8", "gb18030", "big5hkscs"):
                return block
            self.encoding = _fix_byte_order(self.encoding, block) or detect_encoding(block) or "utf-8"
            self._decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        return self._decoder.decode(block, final).encode("utf-8", "replace")

    def _strip_bom(self, block: bytes) -> bytes:
        for bom, name in _BOMS:
            if block.startswith(bom):
                self.encoding = name
                return block[len(bom) :]
        return block


def _clean_text(text: bytes) -> bytes:
    if b"\0" in text:
        text = text.replace(b"\0", b"")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\n" not in text else text.replace(b"\r\n", b"\n")
    return text


def decode_first_lines(data: bytes, encoding: str, *, whole: bool) -> list[str]:
    """Return the complete lines at the beginning of a text. `whole`: the data are the complete text."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            data, encoding = data.removeprefix(bom), name
    encoding = _fix_byte_order(encoding, data)
    decoder = codecs.getincrementaldecoder("utf-8" if encoding in ("", "ascii") else encoding)("replace")
    text = decoder.decode(data, final=whole).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    return lines if whole or len(lines) == 1 else lines[:-1]

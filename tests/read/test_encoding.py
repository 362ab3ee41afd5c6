"""UTF-8, GB 18030, Big5, UTF-16 and Western text are told apart, and come out as UTF-8 however they are cut."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.read._encoding import Utf8Decoder, decode_first_lines, detect_encoding
from fanzha.read._stream import SourceStream, open_stream

SIMPLE = "主叫号码,被叫号码,短信内容\n19100000001,19900000001,您好，您的快递到了，请查收\n"
TRADITIONAL = "主叫號碼,被叫號碼,簡訊內容\n19100000001,19900000001,您好，您的包裹到了，請查收\n"
RARE = "𠮷野家,䶮,㐀㐁㐂,的号码\n"


def utf8(data: bytes, encoding: str = "", size: int = 1 << 20) -> str:
    stream = SourceStream(io.BytesIO(data), io.BytesIO(data), None)
    return b"".join(Utf8Decoder(stream, encoding).read_blocks(size)).decode("utf-8")


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (SIMPLE, "utf-8", "utf-8"), (SIMPLE, "utf-8-sig", "utf-8"), (SIMPLE, "gb18030", "gb18030"),
        (SIMPLE, "gbk", "gb18030"), (TRADITIONAL, "big5", "big5hkscs"), (SIMPLE, "utf-16", "utf-16-le"),
        (SIMPLE * 3, "utf-16-le", "utf-16-le"), (SIMPLE * 3, "utf-16-be", "utf-16-be"), (RARE, "gb18030", "gb18030"),
        ("caller,callee\n", "ascii", "ascii"), ("appelé,appelant,où,éèà\nété,à,ç,ù\n", "cp1252", "cp1252"),
    ],
)  # fmt: skip
def test_encodings_are_told_apart(text: str, written: str, found: str) -> None:
    data = text.encode(written)
    assert detect_encoding(data) == found
    if found != "ascii":
        assert utf8(data) == text


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n" + bytes(range(200)) * 9, b"\x02\x03" * 90]
)
def test_what_is_no_text_has_no_encoding(data: bytes) -> None:
    assert detect_encoding(data) == ""


def test_nothing_tells_nothing() -> None:
    assert detect_encoding(b"") == "ascii"


def test_a_sample_may_end_inside_a_sign() -> None:
    data = SIMPLE.encode()
    assert all(detect_encoding(data[:cut]) in ("utf-8", "ascii") for cut in range(8, len(data)))


def test_an_encoding_may_show_only_late() -> None:
    late = b"1,2\n" * 50_000 + SIMPLE.encode("gb18030")
    assert utf8(late, "ascii", size=4_096).endswith(SIMPLE)


def test_bytes_of_another_encoding_are_marked() -> None:
    assert utf8(b"ok\n\xff\xfe\n", "utf-8") == "ok\n\ufffd\ufffd\n"


def test_line_ends_and_nul_are_put_in_order() -> None:
    assert utf8(b"a\r\nb\x00c\r\n") == "a\nbc\n"
    assert utf8(b"a\rb\rc") == "a\nb\nc"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=60), st.integers(1, 9))
def test_every_text_comes_out_as_it_was_however_it_is_cut(text: str, size: int) -> None:
    for encoding in ("utf-8", "gb18030", "utf-16-le"):
        assert utf8(text.encode(encoding), encoding, size) == text.removeprefix("\ufeff")


@pytest.mark.parametrize("written", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("named", ["utf-16", "UTF_16", "utf16"])
def test_utf_16_that_a_map_names_is_read_with_a_byte_order_mark_or_without(written: str, named: str) -> None:
    data = "caller,callee\n主叫,被叫\n".encode(written)
    assert decode_first_lines(data, named, whole=True)[:2] == ["caller,callee", "主叫,被叫"]
    assert utf8(data, named) == "caller,callee\n主叫,被叫\n"


def test_first_lines_leave_out_one_that_may_be_cut() -> None:
    data = "一\n二\n三".encode("gb18030")
    assert decode_first_lines(data, "gb18030", whole=True) == ["一", "二", "三"]
    assert decode_first_lines(data, "gb18030", whole=False) == ["一", "二"]
    assert decode_first_lines(b"\xef\xbb\xbfa", "utf-8", whole=False) == ["a"]


def test_a_file_is_read_through_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(SIMPLE.encode("gb18030"))
    with open_stream(path) as stream:
        text = Utf8Decoder(stream)
        assert b"".join(text.read_blocks(10)).decode() == SIMPLE
    assert text.encoding == "gb18030"

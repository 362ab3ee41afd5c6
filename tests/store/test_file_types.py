"""A file is what its ending says, or it is not taken: real files of real programs, and each under false names."""

import gzip
import io
import wave
import zipfile

import pytest

from fanzha.store.file_types import HEAD_BYTES, TYPES, file_suffix, is_accepted, matches_content


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "x")
    return out.getvalue()


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8_000)
        made.writeframes(b"\0" * 100)
    return out.getvalue()


REAL = {
    "shot.png": bytes.fromhex("89504e470d0a1a0a0000000d49484452"),
    "photo.jpg": bytes.fromhex("ffd8ffe000104a464946"),
    "letter.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "call.wav": sound(),
    "call.amr": b"#!AMR\n<",
    "shop.mp4": bytes.fromhex("00000018667479706d703432"),
    "apps.zip": archive(),
    "form.docx": archive(),
    "old.doc": bytes.fromhex("d0cf11e0a1b11ae10000"),
    "log.txt.gz": gzip.compress(b"x"),
    "trace.pcap": bytes.fromhex("d4c3b2a102000400"),
    "note.txt": "已停机".encode(),
    "note.csv": "号码,状态\n".encode("gb18030"),
    "note.log": "已停机".encode("utf-16"),
}


@pytest.mark.parametrize("name", REAL)
def test_a_file_that_is_what_it_says_is_taken(name: str) -> None:
    assert is_accepted(name) and matches_content(name, REAL[name][:HEAD_BYTES])
    assert matches_content(name.upper(), REAL[name][:HEAD_BYTES])


@pytest.mark.parametrize("name", REAL)
def test_under_the_name_of_another_type_it_is_not(name: str) -> None:
    same = TYPES[file_suffix(name)]
    for ending, test in TYPES.items():
        if test is not same:
            assert not matches_content(f"x.{ending}", REAL[name][:HEAD_BYTES]), ending


@pytest.mark.parametrize("name", ["setup.exe", "page.php", "run.sh", "no-ending", "", ".txt", "image.svg"])
def test_other_endings_are_not_taken(name: str) -> None:
    assert not is_accepted(name) and not matches_content(name, b"x")


def test_a_character_that_the_head_cuts_through_makes_text_no_less_text() -> None:
    text = ("a" + "停" * HEAD_BYTES).encode()
    assert matches_content("a.txt", text[:HEAD_BYTES]) and not matches_content("a.txt", b"MZ\x90\0\x03")


def test_nothing_at_all_is_of_no_type() -> None:
    assert [ending for ending in TYPES if matches_content(f"x.{ending}", b"")] == []

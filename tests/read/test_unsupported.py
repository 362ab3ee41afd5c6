"""Formats that nobody reads here say what to do with them."""

import pytest

from fanzha.read._unsupported import UNKNOWN, unsupported


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xlsx"), (b"%PDF-1.7", "table"), (b"Rar!\x1a\x07", "unpack"),
        (b"SQLite format 3\x00", "CSV"), (bytes(257) + b"ustar", "unpack"), (b"\x89PNG\r\n\x1a\n", "picture"),
    ],
)  # fmt: skip
def test_known_beginnings_have_an_answer(head: bytes, says: str) -> None:
    assert says in unsupported(head).en and unsupported(head).zh


def test_anything_else_is_not_known() -> None:
    assert unsupported(b"\x00\x01\x02") == unsupported(b"") == UNKNOWN

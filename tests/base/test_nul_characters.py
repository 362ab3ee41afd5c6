"""A NUL character is found however JSON writes it, and what only looks like one is none."""

import pytest

from fanzha.base.nul_characters import in_json


@pytest.mark.parametrize(
    ("body", "result"),
    [
        (b'{"a": "x\\u0000"}', True),
        (b'{"a": "x\\\\\\u0000"}', True),
        (b'{"a": "\x00"}', True),
        (b'{"a": "x\\\\u0000"}', False),
        (b'{"a": "\\u00001"}', True),
        (b'{"a": "u0000"}', False),
    ],
)
def test_json_is_read_as_json_is_written(body: bytes, result: bool) -> None:
    assert in_json(body) is result

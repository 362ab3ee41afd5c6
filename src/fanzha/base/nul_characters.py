"""Detect NUL characters in JSON, raw or escaped; databases do not accept them in texts."""

import re

#: The escape sequence, after an even number of backslashes.
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def in_json(body: bytes) -> bool:
    """Return whether a JSON text contains a NUL character."""
    return b"\0" in body or bool(_ESCAPED.search(body))

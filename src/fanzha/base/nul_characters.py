"""NUL characters in JSON, written out or escaped: no database that we keep texts in holds them."""

import re

#: JSON writes it so, behind an even number of backslashes.
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def in_json(body: bytes) -> bool:
    """Say whether a text in JSON holds one."""
    return b"\0" in body or bool(_ESCAPED.search(body))

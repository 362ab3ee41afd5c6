"""Cut conversations to their beginning, to evaluate early warnings."""

import re

from fanzha.models.transcript import plain

#: A speaker label at the start of a line: `left: …`, `R:…`, `客服：…`.
_SPEAKER = re.compile(r"^\s*[^\W\d_]{1,8}\s?\d{0,2}\s*[:：](?!//)")


def first_turns(text: str, count: int) -> str:
    """Return the first `count` turns; a line without a speaker label continues the turn before it."""
    lines: list[str] = []
    turns = 0
    for line in text.splitlines():
        turns += bool(_SPEAKER.match(line)) or (not turns and bool(line.strip()))
        if turns > count:
            break
        lines.append(line)
    return "\n".join(lines)


def opening_text(text: str, characters: int) -> str:
    """Return the first characters of a conversation without speaker labels."""
    return plain(text)[:characters]

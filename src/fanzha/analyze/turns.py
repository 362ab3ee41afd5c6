"""The beginning of a conversation, to judge it as early as a call could still be warned of, or beside short texts."""

import re

from fanzha.models.transcript import plain

#: Who speaks, at the start of a line: `left: …`, `R:…`, `客服：…`.
_SPEAKER = re.compile(r"^\s*[^\W\d_]{1,8}\s?\d{0,2}\s*[:：](?!//)")


def first_turns(text: str, count: int) -> str:
    """Return the first `count` turns; a line that names no speaker belongs to the turn before it."""
    lines: list[str] = []
    turns = 0
    for line in text.splitlines():
        turns += bool(_SPEAKER.match(line)) or (not turns and bool(line.strip()))
        if turns > count:
            break
        lines.append(line)
    return "\n".join(lines)


def opening_text(text: str, characters: int) -> str:
    """Return what is said first, so many characters of it, without the marks of who speaks: as long as a short text."""
    return plain(text)[:characters]

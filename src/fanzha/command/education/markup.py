"""The text format of items: paragraphs, `## ` headings, `- ` lists and `1. ` steps; nothing else is markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_STEP = re.compile(r"\d{1,2}[.、]\s*")
#: Numbers that a phone may dial from the page: the police, and their line against fraud.
_DIALLED = re.compile(r"(?<![\d-])(110|96110)(?![\d-])")
_TAGS = {"list": "ul", "steps": "ol"}


def split_blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the blocks of a text: `heading`, `list`, `steps` or `paragraph`, with their lines."""
    for kind, lines in groupby((line.strip() for line in text.splitlines()), key=_kind):
        found = [_strip(kind, line) for line in lines]
        if kind == "heading":
            yield from ((kind, [line]) for line in found)
        elif kind:
            yield kind, found


def render_text(text: str) -> SafeString:
    """Return a text as HTML; its content is escaped."""
    return format_html_join("\n", "{}", ((_render(kind, lines),) for kind, lines in split_blocks(text)))


def plain_text(text: str) -> str:
    """Return the sentences of a text without headings and markup, one block item a line."""
    return "\n".join(line for kind, lines in split_blocks(text) if kind != "heading" for line in lines)


def _kind(line: str) -> str:
    if not line:
        return ""
    if line.startswith("## "):
        return "heading"
    if line.startswith("- "):
        return "list"
    return "steps" if _STEP.match(line) else "paragraph"


def _strip(kind: str, line: str) -> str:
    if kind == "steps":
        return _STEP.sub("", line, count=1)
    return line.removeprefix("## ") if kind == "heading" else line.removeprefix("- ") if kind == "list" else line


def _render(kind: str, lines: list[str]) -> SafeString:
    if kind == "heading":
        return format_html("<h2>{}</h2>", lines[0])
    if kind == "paragraph":
        return format_html_join("\n", "<p>{}</p>", ((_link_numbers(line),) for line in lines))
    items = format_html_join("", "<li>{}</li>", ((_link_numbers(line),) for line in lines))
    tag = SafeString(_TAGS[kind])
    return format_html("<{}>{}</{}>", tag, items, tag)


def _link_numbers(line: str) -> SafeString:
    return mark_safe(_DIALLED.sub(r'<a href="tel:\1">\1</a>', escape(line)))

"""The text of one rule: copies of shipped rules with their origin, and its words marked for highlighting."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from fanzha.command.detection_rules.library import ShippedDetector, find_shipped

_LONGEST_LINE = 500
_RULE = re.compile(r"^rule[ \t]+(\w+)", re.MULTILINE)
_ORIGIN = re.compile(r"^# copied from detector ([\w-]+), rule (\w+)", re.MULTILINE)
_TOKEN = re.compile(
    r"(?P<c>\#[^\n]*)|(?P<s>\"(?:[^\"\\\n]|\\.)*\")|(?P<n>\b\d[\d.]*\s?(?:%|ms|s|min|h|d)?\b|\b\d+%)"
    r"|(?P<k>\b(?:rule|version|law|on|let|when|unless|except|then|find|as|score|again|after|sentence|example|finds|says|and|or"
    r"|not|where|by|of|in|is|known|every|still|points|list|note)\b)"
)


class Origin(NamedTuple):
    """The rule of a shipped detector that a text copies, with its shipped text."""

    detector: ShippedDetector
    rule: str
    text: str


def rule_names(text: str) -> list[str]:
    """Return the names of the rules of a text, in its order."""
    return _RULE.findall(text)


def cut_rule(text: str, name: str) -> str:
    """Return one rule of a text with the comments above it and the lists that the text begins with; "" if not there."""
    blocks = _split(text)
    found = next((block for rule, block in blocks if rule == name), "")
    before = next((block for rule, block in blocks if not rule), "")
    return f"{before}\n\n{found}" if found and before else found


def copy_rule(shipped: ShippedDetector, name: str) -> str:
    """Return the text of a draft that begins as a copy of a shipped rule; "" if there is no such rule.

    The copy of the only rule of a detector keeps its name and replaces the detector once its findings act. A copy of
    one of several has a name of its own and runs beside the detector.
    """
    text = cut_rule(shipped.text, name)
    if not text:
        return ""
    if len(rule_names(shipped.text)) > 1:
        text = _RULE.sub(lambda found: f"rule {found[1]}_own" if found[1] == name else found[0], text)
    return f"# copied from detector {shipped.name}, rule {name}\n{text}"


def find_origin(text: str) -> Origin | None:
    """Return the shipped rule named as the origin of a text, None without one or if the rule no longer exists."""
    said = _ORIGIN.search(text)
    shipped = find_shipped(said[1]) if said else None
    if said is None or shipped is None or not (source := copy_rule(shipped, said[2])):
        return None
    return Origin(shipped, said[2], source)


def highlight(text: str) -> SafeString:
    """Return a rule text as HTML with its keywords, texts, numbers and comments marked."""
    return format_html_join("\n", "{}", ((_highlight_line(line),) for line in text.split("\n")))


def _highlight_line(line: str) -> SafeString:
    """Return a line with its words marked; one of more than `_LONGEST_LINE` characters has none."""
    if len(line) > _LONGEST_LINE:
        return format_html("{}", line)
    parts, end = [], 0
    for found in _TOKEN.finditer(line):
        parts.append(format_html("{}", line[end : found.start()]))
        parts.append(format_html('<span class="{}">{}</span>', found.lastgroup, found[0]))
        end = found.end()
    parts.append(format_html("{}", line[end:]))
    return mark_safe("".join(parts))


def _split(text: str) -> list[tuple[str, str]]:
    """Return the rules of a text as name and text; what comes before the first rule and its comments has no name."""
    starts = [(found.start(), found[1]) for found in _RULE.finditer(text)]
    begins = [_above(text, start) for start, _name in starts]
    before = text[: begins[0]].strip() if begins else text.strip()
    blocks = [("", before)] if before else []
    for (_start, name), begin, end in zip(starts, begins, [*begins[1:], len(text)], strict=True):
        blocks.append((name, text[begin:end].strip() + "\n"))
    return blocks


def _above(text: str, start: int) -> int:
    """Return where the comments right above a position begin."""
    while start and (line := text.rfind("\n", 0, start - 1) + 1) < start and text[line:start].lstrip().startswith("#"):
        start = line
    return start

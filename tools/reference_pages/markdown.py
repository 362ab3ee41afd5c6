"""What all reference pages are made of: titles in two languages, tables, and why a plug-in exists."""

import inspect
import re
import sys
from collections.abc import Iterable

from fanzha.base.words import Words

NOTE = "<!-- written by `make docs`; change the code, not this page -->"


def page(title: Words, intro: Words, parts: Iterable[str]) -> str:
    """Return a page: bilingual title and introduction, then the parts."""
    return "\n\n".join([f"# {title.en} {title.zh}", NOTE, intro.en, intro.zh, *parts]).rstrip() + "\n"


def table(head: list[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table; bars and line ends inside cells are made harmless."""
    lines = [head, ["---"] * len(head), *([cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(value: object) -> str:
    """Return one value as it stands in a table cell."""
    text = "" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def why(room: str, plugin: object) -> str:
    """Return the first line of the module that defines a plug-in: why it exists."""
    modules = [module for name, module in sorted(sys.modules.items()) if re.match(rf"fanzha\.{room}\.[a-z]\w*$", name)]
    found = [module for module in modules if any(value is plugin for value in vars(module).values())]
    return (inspect.getdoc(found[0]) or "").splitlines()[0] if found else ""

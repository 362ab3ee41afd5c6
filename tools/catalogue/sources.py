"""Find what the sources ask to be translated: calls of gettext in Python, tags and constants in templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from catalogue.po import Message

#: Names of gettext's functions, and which of their arguments are words: singular, plural, context.
CALLS = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "gettext_noop": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}

_TEXT = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
#: What `templatize` makes of a template: calls among crossed-out text.
_CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({_TEXT}(?:\s*,\s*{_TEXT})*)", re.S)


def messages_of(folder: Path) -> dict[Message, list[str]]:
    """Return what is asked for below a folder, with the files that ask."""
    found: dict[Message, list[str]] = {}
    for path in sorted(
        [*folder.rglob("*.py"), *folder.rglob("templates/**/*.html"), *folder.rglob("templates/**/*.txt")]
    ):
        text = path.read_text("utf-8")
        for message in in_python(text) if path.suffix == ".py" else in_template(text):
            places = found.setdefault(message, [])
            place = path.relative_to(folder).as_posix()
            if place not in places:
                places.append(place)
    return found


def in_python(text: str) -> Iterator[Message]:
    """Yield the messages of a module; words that are put together at run time cannot be found, and are refused."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and (places := CALLS.get(_name(node.func))):
            yield _message(node.args, places)


def in_template(text: str) -> Iterator[Message]:
    """Yield the messages of a template."""
    for call in _CALL.finditer(templatize(text)):
        words = [ast.literal_eval(found) for found in re.findall(_TEXT, call[2])]
        singular, plural, context = CALLS[call[1]]
        yield Message(
            words[singular], words[plural] if plural is not None else "", words[context] if context is not None else ""
        )


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _message(arguments: list[ast.expr], places: tuple[int, int | None, int | None]) -> Message:
    words = ["" if place is None else _constant(arguments[place]) for place in places]
    return Message(*words)


def _constant(argument: ast.expr) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise ValueError(f"line {argument.lineno}: gettext is given words that no catalogue can hold; write them out")

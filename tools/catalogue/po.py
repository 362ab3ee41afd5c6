"""Read and write a catalogue as people edit it: GNU gettext's .po, the part of it that is used here."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from catalogue.message import Message

HEADER = "Content-Type: text/plain; charset=UTF-8\nLanguage: zh_Hans\nPlural-Forms: nplurals=1; plural=0;\n"

_FIELD = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[0\])?) ((?:"(?:[^"\\]|\\.)*"\s*)+)', re.M)


def read_po(path: Path) -> dict[Message, str]:
    """Return the translations of a file; "" where one is missing."""
    if not path.is_file():
        return {}
    found = {}
    for entry in path.read_text("utf-8").split("\n\n"):
        fields = {name.removesuffix("[0]"): _joined(text) for name, text in _FIELD.findall(entry)}
        if fields.get("msgid"):
            key = Message(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""))
            found[key] = fields.get("msgstr", "")
    return found


def write_po(path: Path, translations: Mapping[Message, str], places: Mapping[Message, list[str]]) -> None:
    """Write translations in the order of their words; what no source asks for any more is left out."""
    entries = [_entry(message, translations[message], places.get(message, [])) for message in sorted(translations)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join([f'msgid ""\nmsgstr {_quoted(HEADER)}', *entries]) + "\n", "utf-8")


def _entry(message: Message, translation: str, places: list[str]) -> str:
    lines = [f"#: {place}" for place in places]
    if re.search(r"%[(sd]", message.singular):
        lines.append("#, python-format")
    if message.context:
        lines.append(f"msgctxt {_quoted(message.context)}")
    lines.append(f"msgid {_quoted(message.singular)}")
    if message.plural:
        lines.append(f"msgid_plural {_quoted(message.plural)}")
    lines.append(f"{'msgstr[0]' if message.plural else 'msgstr'} {_quoted(translation)}")
    return "\n".join(lines)


def _joined(text: str) -> str:
    return "".join(ast.literal_eval(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', text))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    lines = escaped.split("\n")
    if len(lines) == 1:
        return f'"{escaped}"'
    parts = [line + "\\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    return "\n".join(['""', *(f'"{part}"' for part in parts)])

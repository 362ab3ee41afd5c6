"""Render a document as PDF from a Typst template of this package, with fonts from installed packages alone."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

_TEMPLATES = Path(__file__).parent / "typst"
#: Texts that are replaced in one document, at most.
_REPLACED = 50
#: The text that an error of Typst is about, escaped as in Rust: no font has it, or PDF/A forbids it.
_REFUSED_TEXT = re.compile(r'^PDF/A\S* error: the (?:text|PDF)\b[^`]*`"(.+?)"`', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]+)\}|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}


def render_pdf(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """Return the PDF (PDF/A-2a, tagged) of a template with its data.

    The same data and moment give the same bytes. The data are values of the template and never markup; templates read
    no file outside of their folder and nothing from the network. Characters that no font has or that PDF/A forbids are
    written as their code point, such as [U+1F600]. Raise typst.TypstError for more than 50 of them.
    """
    import typst  # a library of 90 MB, loaded for rendering only

    values: Any = data
    for _ in range(_REPLACED):
        try:
            return _compile(template, values, at)
        except typst.TypstError as error:
            replaced = _without(_refused_text(str(error)), values)
            if replaced == values:
                raise
            values = replaced
    return _compile(template, values, at)


def _compile(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    import typst

    compiler = typst.Compiler(
        str(_TEMPLATES / f"{template}.typ"), root=str(_TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True
    )
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="a-2a",
        timestamp=int(at.timestamp()),
    )
    assert isinstance(pdf, bytes)  # a list of bytes is for formats with one file a page
    return pdf


def _refused_text(message: str) -> str:
    """Return the text that an error is about, empty if it is about something else."""
    found = _REFUSED_TEXT.match(message)
    if found is None:
        return ""
    return _ESCAPE.sub(
        lambda escape: chr(int(escape[1], 16)) if escape[1] else _ESCAPED.get(escape[2], escape[2]), found[1]
    )


def _without(text: str, value: Any) -> Any:
    """Return a value of the data in which a text is written as its code points at all places."""
    if isinstance(value, str):
        return value.replace(text, "".join(f"[U+{ord(each):04X}]" for each in text)) if text else value
    if isinstance(value, Mapping):
        return {key: _without(text, each) for key, each in value.items()}
    return [_without(text, each) for each in value] if isinstance(value, list | tuple) else value


@cache
def _fonts() -> "typst.Fonts":
    import typst
    from pylopdf_fonts_zh_cn import serif_path

    return typst.Fonts(include_system_fonts=False, font_paths=[str(serif_path().parent)])

"""Render a document as PDF from a Typst template of this package, with fonts from installed packages alone."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

_TEMPLATES = Path(__file__).parent / "typst"


def render_pdf(template: str, data: Mapping[str, Any], at: datetime) -> bytes:
    """Return the PDF (PDF/A-2a, tagged) of a template with its data.

    The same data and moment give the same bytes. The data are values of the template and never markup; templates read
    no file outside of their folder and nothing from the network.
    """
    import typst  # a library of 90 MB: only whoever renders loads it

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


@cache
def _fonts() -> "typst.Fonts":
    import typst
    from pylopdf_fonts_zh_cn import serif_path

    return typst.Fonts(include_system_fonts=False, font_paths=[str(serif_path().parent)])

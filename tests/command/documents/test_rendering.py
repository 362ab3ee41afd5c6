"""A template gives the same bytes for the same data, embeds its fonts, and takes values as text, not markup."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from tests.command.documents.pdf_text import pdf_text
from typst import TypstError

from fanzha.command.documents import rendering
from fanzha.processes.documents import DocumentType

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def data(**changes: Any) -> dict[str, Any]:
    rows = [{"label": "事项", "values": ["一", "二"]}]
    texts = ("title", "number", "issuer", "reference", "simulated", "addressee", "addressee_label", "date")
    lists = {
        "heading": rows,
        "intro": ["依据《反电信网络诈骗法》"],
        "facts": rows,
        "remedy": [],
        "signatures": ["日期："],
    }
    return dict.fromkeys(texts, "某") | lists | {"language": "zh", "region": "cn"} | changes


@pytest.mark.parametrize("name", DocumentType)
def test_every_type_has_a_template(name: DocumentType) -> None:
    pdf = rendering.render_pdf(name, data(), AT)
    assert pdf == rendering.render_pdf(name, data(), AT) and "某" in pdf_text(pdf)
    assert {path.stem for path in Path(rendering.__file__).with_name("typst").iterdir()} == {"layout", *DocumentType}


def test_values_are_no_markup() -> None:
    told = '#read("layout.typ") *bold* $x$ @label \\ <tag>'
    pdf = rendering.render_pdf("notice", data(intro=[told]), AT)
    assert "".join(told.split()).replace('"', "") in pdf_text(pdf).replace('"', "").replace("“", "").replace("”", "")


def test_characters_without_a_glyph_are_written_as_code_points() -> None:
    told = '贷款😀𠮷"ก"\x00\x1b\ue000完a\ufeffb'
    pdf = rendering.render_pdf("notice", data(intro=[told], facts=[{"label": "事项", "values": ["😀"]}]), AT)
    shown = "".join(pdf_text(pdf).split())
    for code in ("1F600", "20BB7", "0E01", "FEFF", "0000", "001B", "E000"):
        assert f"[U+{code}]" in shown
    assert shown.count("[U+1F600]") == 2 and "贷款" in shown and "完" in shown


def test_too_many_characters_without_a_glyph_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_REPLACED", 1)
    with pytest.raises(TypstError, match="could not be displayed"):
        rendering.render_pdf("notice", data(intro=["😀𠮷"]), AT)


def test_fonts_are_embedded_and_the_file_is_for_archives() -> None:
    reader = PdfReader(BytesIO(rendering.render_pdf("notice", data(), AT)))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]
    for font in fonts:
        (descendant,) = font["/DescendantFonts"]
        assert "/FontFile3" in descendant.get_object()["/FontDescriptor"]
    assert b"pdfaid:part" in reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]

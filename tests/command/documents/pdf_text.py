"""The text of a PDF as a reader library finds it."""

from io import BytesIO

from pypdf import PdfReader


def pdf_text(pdf: bytes) -> str:
    """Return the text of all pages without white space, which a renderer may put anywhere."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)

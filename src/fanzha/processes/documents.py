"""Types of numbered documents that steps of a process produce."""

from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words


class DocumentType(StrEnum):
    """Type of a document. Each organisation numbers each type from 1 in every year."""

    INSPECTION_RECORD = "inspection_record"
    RECTIFICATION_ORDER = "rectification_order"
    NOTICE = "notice"  # produced when the notice to the person concerned is written
    BULLETIN = "bulletin"  # its text is contributed by the app of bulletins
    PROOF_OF_SERVICE = "proof_of_service"  # produced when the delivery of that notice is recorded


class DocumentName(NamedTuple):
    """The title of a type of document, and the words before its Chinese number (发文字号)."""

    title: Words
    series: str


DOCUMENT_NAMES = {
    DocumentType.INSPECTION_RECORD: DocumentName(Words("检查记录", "Inspection record"), "检记字"),
    DocumentType.RECTIFICATION_ORDER: DocumentName(Words("责令整改通知书", "Rectification order"), "责改字"),
    DocumentType.NOTICE: DocumentName(Words("告知书", "Notice"), "告知字"),
    DocumentType.BULLETIN: DocumentName(Words("通报", "Bulletin"), "通报字"),
    DocumentType.PROOF_OF_SERVICE: DocumentName(Words("送达回证", "Proof of service"), "送达字"),
}

#: Documents that a step produces when its notice to the person concerned is written and delivered, not at once.
WITH_NOTICE = frozenset({DocumentType.NOTICE, DocumentType.PROOF_OF_SERVICE})


def format_number(document_type: DocumentType, year: int, number: int, *, simulated: bool = False) -> Words:
    """Return the number of a document as it is cited, such as 责改字〔2026〕12号 and No. 2026-12.

    Numbers of exercises are a series of their own: 演责改字〔2026〕1号 and EX No. 2026-1.
    """
    words = Words(f"{DOCUMENT_NAMES[document_type].series}〔{year}〕{number}号", f"No. {year}-{number}")
    return Words(f"演{words.zh}", f"EX {words.en}") if simulated else words

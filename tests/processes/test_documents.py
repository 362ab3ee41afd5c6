"""Types of documents have titles and numbers in both languages, and steps that produce them ask for them once."""

import pytest

from fanzha.base.words import Words
from fanzha.processes import all_processes
from fanzha.processes.documents import DOCUMENT_NAMES, DocumentType, format_number


def test_a_number_is_cited_in_both_languages() -> None:
    assert format_number(DocumentType.RECTIFICATION_ORDER, 2026, 12) == Words("责改字〔2026〕12号", "No. 2026-12")
    exercise = format_number(DocumentType.RECTIFICATION_ORDER, 2026, 12, simulated=True)
    assert exercise == Words("演责改字〔2026〕12号", "EX No. 2026-12")


def test_every_type_has_a_title_and_a_series_of_its_own() -> None:
    assert DOCUMENT_NAMES.keys() == set(DocumentType)
    assert len({name.series for name in DOCUMENT_NAMES.values()}) == len(DocumentType)


@pytest.mark.parametrize("document_type", DocumentType)
def test_every_type_is_produced_by_some_shipped_process(document_type: DocumentType) -> None:
    assert any(
        document_type in event.documents for process in all_processes().values() for event in process.events.values()
    )


@pytest.mark.parametrize(
    ("process", "event"),
    [
        ("stop_payment", "hold_at_once"),
        ("stop_payment", "freeze_while_appealed"),
        ("stop_payment", "give_notice"),
        ("indicator", "confirm_by_brand"),
    ],
)
def test_a_limit_that_begins_by_a_rarer_step_is_told_by_a_numbered_notice_too(process: str, event: str) -> None:
    declared = all_processes()[process].events[event].documents
    assert set(declared) == {DocumentType.NOTICE, DocumentType.PROOF_OF_SERVICE}

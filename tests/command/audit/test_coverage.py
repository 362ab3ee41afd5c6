"""Every table of the site is covered by the verification of the log, or named with the reason why not."""

from collections import Counter
from pathlib import Path

from django.apps import apps

from fanzha.command.audit.coverage import UNCOVERED, Coverage, table_coverage
from fanzha.command.web.discovery import PREFIX

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "evidence-log.md"


def own_models() -> set[str]:
    return {
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith(PREFIX)
    }


def test_every_model_stands_in_one_list() -> None:
    listed = Counter(row.model for row in table_coverage())
    assert sorted(own_models() - listed.keys()) == [], "say in audit/coverage.py whether its rows are checked"
    assert sorted(listed.keys() - own_models()) == []
    assert [model for model, times in listed.items() if times > 1] == []


def test_what_is_not_covered_has_a_reason_in_both_languages() -> None:
    assert all(note.zh and note.en for note in UNCOVERED.values())
    assert {row.coverage for row in table_coverage()} == set(Coverage)


def test_the_reference_names_every_table_that_is_not_covered() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert [model for model in UNCOVERED if f"`{model}`" not in text] == []
    assert [
        row.model for row in table_coverage() if row.coverage is Coverage.DIGESTS and f"`{row.model}`" not in text
    ] == []

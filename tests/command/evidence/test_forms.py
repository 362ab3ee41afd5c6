"""What people type is understood in their zone, and what cannot be read narrows nothing."""

from datetime import UTC, datetime

from django.utils import timezone

from fanzha.command.evidence.forms import LogFilterForm, PackForm


def test_days_are_those_of_the_reader_and_the_last_one_counts() -> None:
    with timezone.override("Asia/Shanghai"):
        log_filter = LogFilterForm({"since": "2026-03-01", "until": "2026-03-01"}).to_filter()
    assert log_filter.since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert log_filter.until == datetime(2026, 3, 1, 16, tzinfo=UTC)


def test_what_cannot_be_read_narrows_nothing() -> None:
    log_filter = LogFilterForm({"since": "yesterday", "kind": "no-such", "case": " C1 "}).to_filter()
    assert (log_filter.since, log_filter.kind, log_filter.case) == (None, "", "C1")


def test_who_may_not_see_personal_values_cannot_ask_for_them() -> None:
    assert "personal" in PackForm(True).fields
    assert "personal" not in PackForm(False).fields
    assert not PackForm(True, {"ref": "C1", "purpose": "no"}).is_valid()

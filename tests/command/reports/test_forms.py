"""Forms ask for something that can be checked."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from fanzha.command.reports.forms import DeskForm, PublicReportForm, PurposeForm, ReceiptForm


def test_a_report_names_a_thing_or_what_was_said() -> None:
    assert not PublicReportForm({"category": "call"}).is_valid()
    assert PublicReportForm({"category": "call", "text": "They wanted a code"}).is_valid()
    assert not PublicReportForm({"category": "nothing", "text": "They wanted a code"}).is_valid()


@pytest.mark.parametrize("form", [PublicReportForm, DeskForm])
def test_when_it_happened_is_a_moment_of_the_past_or_left_out(form: type[PublicReportForm] | type[DeskForm]) -> None:
    sent = {"category": "call", "text": "They wanted a code", "nonce": "n"}
    assert form(sent).is_valid()
    found = form(sent | {"happened": "2026-03-01T08:30"})
    assert found.is_valid() and found.cleaned_data["happened"].astimezone(UTC) == datetime(
        2026, 3, 1, 0, 30, tzinfo=UTC
    )
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))
    for wrong in (f"{tomorrow:%Y-%m-%dT%H:%M}", "1999-01-01T00:00", "at noon"):
        assert "happened" in form(sent | {"happened": wrong}).errors


def test_a_receipt_code_is_checked_before_it_is_looked_for() -> None:
    assert "code" in ReceiptForm({"code": "7K3M-0A9T-7K3M-0A9T"}).errors


def test_the_desk_asks_the_same_on_one_screen() -> None:
    assert "thing" in DeskForm({"category": "call", "nonce": "n"}).errors
    form = DeskForm({"category": "call", "nonce": "n", "thing": "+8617000000021", "paid": "on", "loss": "500"})
    assert form.is_valid()
    submission = form.to_submission()
    assert (submission.channel, submission.is_paid, submission.loss) == ("phone", True, 500)


def test_who_reads_a_contact_says_why() -> None:
    assert "purpose" in PurposeForm({"purpose": "x"}).errors

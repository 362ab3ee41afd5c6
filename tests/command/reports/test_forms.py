"""Forms ask for something that can be checked."""

from fanzha.command.reports.forms import DeskForm, PublicReportForm, PurposeForm, ReceiptForm


def test_a_report_names_a_thing_or_what_was_said() -> None:
    assert not PublicReportForm({"category": "call"}).is_valid()
    assert PublicReportForm({"category": "call", "text": "They wanted a code"}).is_valid()
    assert not PublicReportForm({"category": "nothing", "text": "They wanted a code"}).is_valid()


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

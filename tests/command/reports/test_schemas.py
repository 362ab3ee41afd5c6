"""A report of another centre is identified by its number there."""

from fanzha.command.reports.schemas import ReportIn


def test_the_number_belongs_to_its_organisation() -> None:
    at = "2026-03-01T08:30:00+08:00"
    row = ReportIn.model_validate(
        {"number": "A-1", "category": "call", "thing": "+8617000000021", "paid": True, "happened_at": at}
    )
    ours, theirs = row.to_submission("one", "feed"), row.to_submission("other", "feed")
    assert ours.nonce != theirs.nonce
    assert (ours.is_paid, ours.channel, ours.category) == (True, "feed", "call")
    assert ours.happened_at is not None and ours.happened_at.isoformat() == at

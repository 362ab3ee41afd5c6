"""A run has no column that could lead to somebody."""

from fanzha.command.education.models import QuizRun

COUNTS = {f"{name}_{when}" for name in ("frauds", "hits", "genuine", "alarms") for when in ("before", "after")}


def test_a_run_holds_counts_and_the_day_alone() -> None:
    columns = {field.name for field in QuizRun._meta.get_fields()}
    assert columns == {"id", "owner", "quiz", "lesson", "nonce", "day", "language", "in_trial", *COUNTS}

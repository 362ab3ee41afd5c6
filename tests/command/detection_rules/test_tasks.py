"""Killed backtests are looked for regularly."""

from fanzha.command.web.scheduler import regular_jobs


def test_the_job_is_among_the_regular_ones() -> None:
    assert "end backtests whose worker was killed" in regular_jobs()

"""The report for management draws leads by how long before the loss they were."""

from fanzha.analyze.replay.result import CaseView, Outcome
from fanzha.analyze.report.replay_report import lead_bars

HOUR = 3_600_000


def view(lead_hours: float | None) -> CaseView:
    return CaseView(
        number="A", rows=(2,), fraud_type="", amount=None, loss_from=0, loss_until=0, outcome=Outcome.FOUND,
        lead_ms=None if lead_hours is None else int(lead_hours * HOUR),
    )  # fmt: skip


def test_every_found_case_is_in_one_bar() -> None:
    bars = lead_bars([view(0.5), view(1), view(5.9), view(24), view(200), view(None)])
    assert [bar.number for bar in bars] == [1, 2, 0, 1, 0, 1]


def test_without_found_cases_there_is_no_chart() -> None:
    assert lead_bars([view(None)]) == []

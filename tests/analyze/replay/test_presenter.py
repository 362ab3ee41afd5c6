"""The headline and rows of a replay read right for none, some and live finds."""

import pytest
from tests.analyze.replay.material import HOUR, result

from fanzha.analyze.alarm_rate import AlarmRate
from fanzha.analyze.replay import presenter
from fanzha.analyze.replay.result import CaseView, Outcome
from fanzha.base.words import Words


def test_the_headline_states_share_live_finds_and_lead() -> None:
    words = presenter.headline(result(4, 8, live=3))
    assert words.en.startswith("Of the 8 cases within the records, 4 (50.0% (21.5–78.5)) had a finding")
    assert "3 of them a live one" in words.en and "1.0 h (1.0–1.0)" in words.en
    assert "其中 3 起有可据以处置的正式线索" in words.zh


def test_without_covered_cases_nothing_is_claimed() -> None:
    assert "nothing can be said" in presenter.headline(result(0, 0)).en


def test_rates_add_up_in_the_row_together() -> None:
    rows = presenter.maturity_rows(result(1, 2))
    assert rows[0].accused == "3 (0.62–8.8)" or rows[0].accused.startswith("3")
    assert rows[-1].title == Words("合计", "together") and rows[-1].accused == "12"


@pytest.mark.parametrize(("hours", "text"), [(3.0, "3.0 h"), (72.0, "3.0 days")])
def test_a_find_is_told_by_way_maturity_and_lead(hours: float, text: str) -> None:
    view = CaseView(
        number="A", rows=(2,), fraud_type="", amount=None, loss_from=0, loss_until=0, outcome=Outcome.FOUND,
        maturity="shadow", way="victim", lead_ms=int(hours * HOUR),
    )  # fmt: skip
    assert presenter.how_found(view).en == f"the victim was warned {text} before (shadow)"


def test_an_unknown_rate_is_a_dash() -> None:
    assert presenter._sum_alarms({"live": AlarmRate(3)}) == "–"

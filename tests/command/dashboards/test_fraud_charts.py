"""Maps and charts of fraud: both languages, few people withheld, rates only from thirty on, a table behind each."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from tests.command.people import World

from fanzha.command.campaigns.selectors import FraudFigures
from fanzha.command.dashboards.fraud import Estimate
from fanzha.command.dashboards.fraud_charts import (
    Measure,
    campaigns_by_day,
    estimate_words,
    fraud_figures,
    late_share,
    people_by_day,
    province_map,
    rate_table,
    type_table,
)
from fanzha.command.dashboards.oversight import OversightRate, ReceiverRate

FRAUD = {
    "51": FraudFigures(40, 10, 10, 90, 50, 3, 5_000_000, 2),
    "33": FraudFigures(10, 8, 1, 20, 12, 60, 123_456_700, 7),
    "11": FraudFigures(2, 1, 0, 4, 3, 8, 90_000, 6),
}
DAYS = {date(2026, 3, 1) + timedelta(days=back): OversightRate(40, 4, 10, 5) for back in range(10)}


@pytest.mark.parametrize(("language", "name", "short"), [("en", "Zhejiang", "ZJ"), ("zh-hans", "浙江", "浙")])
def test_a_tile_names_its_province_leads_to_it_and_the_table_says_the_same(
    language: str, name: str, short: str
) -> None:
    with translation.override(language):
        chart = province_map(Measure.FRAUD, FRAUD, {}, "one_province")
    assert f'<a href="/province/33/"><g class="tile tile-2"><title>{name}: 9</title>' in chart.svg
    assert f">{short}</text>" in chart.svg
    assert [row[1] for row in chart.table.rows] == ["30", "9", "2"]


def test_few_people_and_losses_of_few_cases_are_in_no_part_of_a_map() -> None:
    with translation.override("en"):
        people, losses = (province_map(one, FRAUD, {}, "one_province") for one in (Measure.PEOPLE, Measure.LOSSES))
    assert [row[1] for row in people.table.rows] == ["withheld", "60", "withheld"]
    assert [row[1] for row in losses.table.rows] == ["withheld", "CN¥1,234,567", "withheld"]
    assert "50,000" not in losses.svg and ": 3<" not in people.svg and "Sichuan: withheld" in people.svg


def test_sums_of_few_people_are_withheld_too() -> None:
    with translation.override("zh-hans"):
        assert [one.number for one in fraud_figures(FRAUD["51"])] == ["30", "不公开", "不公开"]
        assert [one.number for one in fraud_figures(FRAUD["33"])] == ["9", "60", "123.5万元"]


def test_days_with_few_people_have_no_bar() -> None:
    figures = {date(2026, 3, day): FraudFigures(1, victims=count) for day, count in ((1, 2), (2, 3), (3, 8))}
    with translation.override("en"):
        chart = people_by_day(figures)
        assert campaigns_by_day(figures).table.rows[0] == ("1 Mar 2026", 0, 1, 0)
    assert [row[1] for row in chart.table.rows] == ["withheld", "withheld", 8]
    assert chart.svg.count("<rect") == 1


def test_a_share_over_seven_days_says_interval_and_n_and_is_a_gap_below_thirty() -> None:
    few = {date(2026, 4, 1) + timedelta(days=back): OversightRate(4, 1, 0, 0) for back in range(7)}
    with translation.override("en"):
        chart, gap = late_share(DAYS), late_share(few)
    assert chart.svg.count("<circle") == 4 and chart.svg.count('class="band"') == 1
    assert chart.table.rows[-1] == ("10 Mar 2026", "10%", "7%–14%", "280")
    assert "<title>10 Mar 2026: 10% (7%–14%), n = 280</title>" in chart.svg
    assert gap.table.rows == (("7 Apr 2026", "–", "–", "28"),) and "<circle" not in gap.svg


def test_organisations_have_rates_or_say_that_n_is_too_small(world: World) -> None:
    receivers = [
        ReceiverRate(world["isp"], OversightRate(4, 4, 2, 1)),
        ReceiverRate(world["carrier"], OversightRate(200, 20, 40, 30)),
    ]
    with translation.override("en"):
        carrier, isp = rate_table(receivers, {world["carrier"].pk: FRAUD["51"]}).rows
    assert (carrier[0], isp[0], isp[2]) == ("Example carrier", "Example isp", "sample too small")
    assert "90% (85%–93%), n = 200" in str(carrier[2]) and 'class="share-bar"' in str(carrier[2])
    assert str(carrier[4]) == "sample too small"


def test_types_have_their_share_of_false_alarms_and_few_victims_are_withheld() -> None:
    figures = {"wangiri": FraudFigures(50, 36, 4, 90, 50, 3, 0, 0), "": FraudFigures(5, victims=9)}
    with translation.override("en"):
        wangiri, unknown = type_table(figures).rows
        assert estimate_words(Estimate(4, 40)) in str(wangiri[2])
    assert (wangiri[3], unknown[0], unknown[3]) == ("withheld", "unknown type", "withheld")

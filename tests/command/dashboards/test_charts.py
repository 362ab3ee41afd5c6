"""Pictures of supervisors say in a table what they show."""

from datetime import date

from django.utils import translation
from tests.command.people import World

from fanzha.command.dashboards.charts import late_map, rate_table, trend_chart
from fanzha.command.dashboards.oversight import Rate, ReceiverRate


def test_organisations_stand_in_the_order_given_with_share_and_count(world: World) -> None:
    with translation.override("en"):
        [row] = rate_table([ReceiverRate(world["isp"], Rate(4, 1, 2, 1))]).rows
        assert " | ".join(map(str, row)) == "Example isp | internet service provider | 75% | 1 | 4 | 50%"


def test_the_map_knows_provinces_alone_and_names_them_in_both_languages() -> None:
    for language, name in (("en", "Sichuan"), ("zh-hans", "四川")):
        with translation.override(language):
            chart = late_map({"51": Rate(4, 1, 0, 0), "99": Rate(1, 1, 0, 0)})
        assert [row[0] for row in chart.table.rows] == [name]
        assert f"<title>{name}" in chart.svg


def test_the_trend_has_a_row_a_day() -> None:
    chart = trend_chart({date(2026, 3, 1): Rate(4, 1, 0, 0), date(2026, 3, 2): Rate(0, 0, 0, 0)})
    assert chart.table.rows == (("2026-03-01", 3, 1), ("2026-03-02", 0, 0))

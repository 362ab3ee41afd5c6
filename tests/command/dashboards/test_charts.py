"""Pictures of supervisors say in a table what they show."""

from datetime import date

from django.utils import translation

from fanzha.command.dashboards.charts import late_map, trend_chart
from fanzha.command.dashboards.oversight import OversightRate


def test_the_map_knows_provinces_alone_and_names_them_in_both_languages() -> None:
    for language, name in (("en", "Sichuan"), ("zh-hans", "四川")):
        with translation.override(language):
            chart = late_map({"51": OversightRate(4, 1, 0, 0), "99": OversightRate(1, 1, 0, 0)})
        assert [row[0] for row in chart.table.rows] == [name]
        assert f"<title>{name}" in chart.svg


def test_the_trend_has_a_row_a_day() -> None:
    chart = trend_chart({date(2026, 3, 1): OversightRate(4, 1, 0, 0), date(2026, 3, 2): OversightRate(0, 0, 0, 0)})
    assert chart.table.rows == (("1 Mar 2026", 3, 1), ("2 Mar 2026", 0, 0))


def test_tiles_lead_to_their_province_where_that_is_wanted() -> None:
    assert '<a href="/province/51/">' in late_map({"51": OversightRate(4, 1, 0, 0)}, "one_province").svg
    assert "<a " not in late_map({"51": OversightRate(4, 1, 0, 0)}).svg

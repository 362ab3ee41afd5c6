"""DuckDB computes every figure of a simulated month from the exported raw rows to the same numbers."""

from pathlib import Path

from tests.command.people import World
from tests.command.statistics.month_made import MONTH

from fanzha.command.statistics.definitions import load_figures
from fanzha.command.statistics.raw_rows import compare_figures, write_raw_rows


def test_duckdb_computes_every_figure_of_a_month_to_the_same_numbers(month: World, tmp_path: Path) -> None:
    counts = write_raw_rows(tmp_path)
    assert all(counts.values()), counts
    figures = list(load_figures().values())
    seen: dict[str, float] = {}
    for names in (("carrier",), ("centre", "carrier", "mvno")):
        for compared in compare_figures(tmp_path, figures, [month[name] for name in names], MONTH):
            assert compared.is_equal, compared
            seen[compared.name] = compared.ours[0] or 0
    assert set(seen) == set(load_figures()) and all(seen.values()), [name for name, value in seen.items() if not value]

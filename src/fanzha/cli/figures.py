"""`fanzha figures`: export the raw rows behind figures, and let DuckDB recompute them."""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import Malformed, NothingUsable, UsageError

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.statistics.periods import Period


@click.group("figures")
def COMMAND() -> None:
    """Recompute the figures of the site from raw rows. 由原始明细复算统计指标。"""


@COMMAND.command("check")
@click.option("--period", "key", required=True, metavar="PERIOD", help="Such as 2026-10, 2026-W41, 2026-Q4 or 2026.")
@click.option(
    "--organization", "names", multiple=True, metavar="NAME", help="Reference or name; all are checked without it."
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the raw rows there, one Parquet file a table; they hold no phone numbers.",
)
def check_figures(key: str, names: tuple[str, ...], folder: Path | None) -> None:
    """Compare every figure with what DuckDB computes from the exported raw rows. 逐项比对平台数与复算数。

    Exit codes: 0 all are equal, 1 some differ, 2 usage error, 3 there is no organisation.
    """
    from fanzha.cli._django_setup import require_site

    require_site()
    from fanzha.command.organizations.selectors import active_organizations, find_organization
    from fanzha.command.statistics.periods import parse_period

    try:
        period = parse_period(key)
    except Malformed as wrong:
        raise UsageError(f"--period {key}: {wrong.reason}") from None
    organizations = [find_organization(name) for name in names] if names else list(active_organizations())
    if missing := [name for name, found in zip(names, organizations, strict=False) if found is None]:
        raise UsageError(f"there is no organisation {missing[0]!r}", fix="name it by its reference or full name")
    found = [organization for organization in organizations if organization is not None]
    if not found:
        raise NothingUsable("there is no organisation", fix="fanzha site create-organization makes one")
    with tempfile.TemporaryDirectory() as temporary:
        wrong_names = _compare(folder or Path(temporary), found, period)
    sys.exit(1 if wrong_names else 0)


def _compare(folder: Path, organizations: "list[Organization]", period: "Period") -> list[str]:
    from fanzha.command.statistics.definitions import load_figures
    from fanzha.command.statistics.raw_rows import compare_figures, write_raw_rows

    for table, count in write_raw_rows(folder).items():
        click.echo(f"{table}: {count:,} 行 rows", err=True)
    wrong = []
    figures = list(load_figures().values())
    for is_simulated in (False, True):  # exercises and real cases are counted apart
        group = [organization for organization in organizations if organization.simulated is is_simulated]
        if not group:
            continue
        for compared in compare_figures(folder, figures, group, period):
            sign = "=" if compared.is_equal else "≠"
            click.echo(f"{compared.name}: {_show(compared.ours)} {sign} {_show(compared.theirs)}")
            wrong += [] if compared.is_equal else [compared.name]
    click.echo("全部一致 all equal" if not wrong else f"不一致 different: {', '.join(wrong)}")
    return wrong


def _show(numbers: tuple[float | None, float | None]) -> str:
    return " / ".join("–" if number is None else f"{number:,.6g}" for number in numbers)

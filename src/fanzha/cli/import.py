"""`fanzha import`: import findings and tables into the site."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import NothingUsable, RejectsFound, UsageError

if TYPE_CHECKING:
    from fanzha.run.finding_import import FindingImportSummary


@click.group("import")
def COMMAND() -> None:
    """Import findings and tables into the site. 将分析结果导入指挥平台。

    See docs/how-to/bring-findings-in.md and import-tables.md.
    """


@COMMAND.command("findings")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "owner", metavar="ORGANISATION", help="Whose they are (ref or name) that name nobody.")
@click.option("--follow", is_flag=True, help="Go on with what is written there, until told to stop.")
@click.option("--strict", is_flag=True, help="End with 4 when a row was rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_findings(paths: tuple[Path, ...], owner: str | None, follow: bool, strict: bool, as_json: bool) -> None:
    """Import findings of files and folders, each once. 导入线索（findings.parquet、JSON Lines、筛查日志），每条一次。

    An interrupted import is resumed by the next call. If `fanzha up` is running, its importer does the work and this
    command waits for it. Exit code 3: no row could be used.
    """
    from fanzha.cli._django_setup import require_site

    require_site()
    from rich.console import Console

    from fanzha.analyze.terminal import Progress
    from fanzha.run.finding_import import follow_paths, import_findings, print_finding_import

    with Progress(Console(stderr=True), quiet=as_json) as progress:
        if follow:
            follow_paths(paths, owner, progress)
            return
        summary = import_findings(paths, owner, progress)
    if as_json:
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False, indent=1))
    else:
        print_finding_import(Console(), summary)
    _end(summary, strict)


def _end(summary: "FindingImportSummary", strict: bool) -> None:
    if problems := summary.problems():
        raise UsageError("; ".join(problems))
    if summary.rejected and not summary.used + summary.already_known:
        raise NothingUsable("not one row could be used", fix="the reasons stand above")
    if summary.rejected and strict:
        raise RejectsFound(f"{summary.rejected:,} rows were rejected", fix="the reasons stand above")


@COMMAND.command("tables")
@click.argument("table")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "owner", metavar="ORGANISATION", required=True, help="Whose they are (ref or name).")
@click.option("--strict", is_flag=True, help="End with 4 when a row was rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_tables(table: str, paths: tuple[Path, ...], owner: str, strict: bool, as_json: bool) -> None:
    """Import files of one TABLE. 导入号码表、免扰号码及企业系统镜像。

    TABLE is portability, allocation, spared, or a mirrored process (registration, iot_card, key_service). The same file
    is imported once. Spared numbers count once another person agrees on the site.
    """
    from fanzha.cli._django_setup import require_site

    require_site()
    from rich.console import Console

    from fanzha.analyze.terminal import Progress
    from fanzha.run.table_import import import_as_json, import_table, print_import

    with Progress(Console(stderr=True), quiet=as_json) as progress:
        jobs = [import_table(table, path, owner, progress) for path in paths]
    if as_json:
        click.echo(json.dumps([import_as_json(job) for job in jobs], ensure_ascii=False, indent=1))
    else:
        for job in jobs:
            print_import(Console(), job)
    if strict and (rejected := sum(job.rejected for job in jobs)):
        raise RejectsFound(f"{rejected:,} rows were rejected", fix="the reasons stand above")

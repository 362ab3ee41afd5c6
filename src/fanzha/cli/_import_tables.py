"""`fanzha import tables`: numbering tables, spared numbers and mirrors of a carrier's own systems."""

import json
from pathlib import Path

import click

from fanzha.base.errors import RejectsFound


@click.command("tables")
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

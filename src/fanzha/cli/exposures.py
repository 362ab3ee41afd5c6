"""`fanzha exposures`: find who visited a decided site or got its link, in logs that a declared basis allows to read."""

import json
from pathlib import Path

import click

from fanzha.base.errors import RejectsFound


@click.command("exposures")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "owner", metavar="ORGANISATION", required=True, help="Whose logs they are (ref or name).")
@click.option("--basis", metavar="REF", required=True, help="The basis on which they are read.")
@click.option("--strict", is_flag=True, help="End with 4 when a row was rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(paths: tuple[Path, ...], owner: str, basis: str, strict: bool, as_json: bool) -> None:
    """Read logs of resolvers or exports of texts for exposed people. 读取解析日志或短信导出，找出接触涉诈网站的号码。

    Nothing is read without a basis that two people declared on the site. Only numbers with a hit are kept. See
    docs/how-to/warn-exposed-people.md.
    """
    from fanzha.cli._django_setup import require_site

    require_site()
    from rich.console import Console

    from fanzha.run.exposure_files import exposures_as_json, print_exposures, read_exposures

    files = [read_exposures(path, owner, basis) for path in paths]
    if as_json:
        click.echo(json.dumps([exposures_as_json(file) for file in files], ensure_ascii=False, indent=1))
    else:
        for file in files:
            print_exposures(Console(), file)
    if strict and (rejected := sum(file.rejected for file in files)):
        raise RejectsFound(f"{rejected:,} rows were rejected", fix="the reasons stand above")

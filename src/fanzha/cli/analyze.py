"""`fanzha analyze`: analyse files of events and write explained findings."""

import json
from pathlib import Path

import click

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, UsageError


@click.command("analyze")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the results.")
@click.option("--table", help="Read every file as this event table (see `fanzha schema`).")
@click.option(
    "--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Column map (TOML)."
)
@click.option("--detector", "detectors", multiple=True, help="Run only this detector; may be repeated.")
@click.option("--since", help="Only events from this moment on (ISO 8601).")
@click.option("--until", help="Only events before this moment (ISO 8601).")
@click.option("--basis", default="", help="Legal basis of sources with message content (Telecom Regulations Art. 65).")
@click.option("--slow", is_flag=True, help="Ask a slow text model where the fast one is in doubt (extra `slow`).")
@click.option(
    "--lines", type=click.IntRange(min=1), help="Lines of the operator, for rates; else counted in the records."
)
@click.option("--strict", is_flag=True, help="End with status 4 when any row was rejected.")
@click.option("--unmask", is_flag=True, help="Show subjects in full in the report.")
@click.option("--force", is_flag=True, help="Replace what another run left in the --out folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def COMMAND(
    paths: tuple[Path, ...],
    out: Path,
    table: str | None,
    map_file: Path | None,
    detectors: tuple[str, ...],
    since: str | None,
    until: str | None,
    basis: str,
    slow: bool,
    lines: int | None,
    strict: bool,
    unmask: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Find fraud suspects in files and folders of events. 分析文件夹中的事件，给出可疑对象与理由。

    Writes findings.parquet, rejects.jsonl and report.html to the --out folder. An interrupted run is resumed if
    it is started again with the same arguments; the results of another run are kept unless --force is given.
    """
    import msgspec
    from rich.console import Console

    from fanzha.analyze.pipeline import Options, analyze, tune_allocator
    from fanzha.analyze.terminal import Progress, output_console, print_summary

    options = Options(
        paths=paths,
        out=out,
        table=table,
        map_file=map_file,
        detectors=detectors,
        since=_moment(since),
        until=_moment(until),
        basis=basis,
        unmask=unmask,
        slow=slow,
        lines=lines,
        overwrite=force,
    )
    tune_allocator()
    with Progress(Console(stderr=True), quiet=as_json) as progress:
        summary = analyze(options, progress)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(summary), ensure_ascii=False, indent=1))
    else:
        print_summary(output_console(), summary)
    summary.check(strict)


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return moment_ms(text)
    except Malformed as error:
        raise UsageError(error.reason) from None

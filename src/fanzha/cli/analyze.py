"""`fanzha analyze`: analyse files of events and write explained findings."""

import json
from pathlib import Path

import click

from fanzha.cli._input_options import InputOptions, input_options


@click.command("analyze")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the results.")
@input_options
@click.option("--detector", "detectors", multiple=True, help="Run only this detector; may be repeated.")
@click.option("--strict", is_flag=True, help="End with status 4 when any row was rejected.")
@click.option("--unmask", is_flag=True, help="Show subjects in full in the report.")
@click.option("--force", is_flag=True, help="Replace what another run left in the --out folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def COMMAND(
    paths: tuple[Path, ...],
    out: Path,
    records: InputOptions,
    detectors: tuple[str, ...],
    strict: bool,
    unmask: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Find fraud suspects in files and folders of events. 分析文件夹中的事件，给出可疑对象与理由。

    Files without a column map whose columns are not sure are asked about: the run ends with exit code 6, as `fanzha
    read` does, unless --accept is given.

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
        table=records.table or None,
        map_file=records.map_file,
        detectors=detectors,
        since=records.since,
        until=records.until,
        basis=records.basis,
        unmask=unmask,
        lines=records.lines,
        accept=records.accept,
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

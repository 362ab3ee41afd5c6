"""`fanzha replay`: which known cases would have been found before the first loss."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.cli._input_options import InputOptions, input_options


@click.command("replay")
@click.argument("cases", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("exports", metavar="EXPORT...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for replay.html, tables and findings."
)
@click.option("--within", default="30d", help="How long before the first loss a finding counts (default 30d).")
@click.option("--zone", default="+08:00", help="Zone of times in CASES without one (default +08:00).")
@input_options
@click.option("--detector", "detectors", multiple=True, help="Run only this detector; may be repeated.")
@click.option("--unmask", is_flag=True, help="Show subjects in full in report.html.")
@click.option("--force", is_flag=True, help="Replace what another run left in the --out folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def COMMAND(
    cases: Path,
    exports: tuple[Path, ...],
    out: Path | None,
    within: str,
    zone: str,
    records: InputOptions,
    detectors: tuple[str, ...],
    unmask: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Replay known cases: who was found before the first loss, and who else was hit. 用已知案件回放检测效果。

    CASES is a table (CSV, Excel): case number, victim's number, suspect numbers, time of the first loss, fraud type,
    amount. EXPORT is a file or folder of the records of that time, read as `fanzha analyze` reads them.
    """
    import msgspec
    from rich.console import Console

    from fanzha.analyze.pipeline import Options, tune_allocator
    from fanzha.analyze.replay import ReplayRequest, replay
    from fanzha.analyze.terminal import Progress, output_console
    from fanzha.cli._replay_output import print_replay

    tune_allocator()
    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        options = Options(
            paths=exports,
            out=folder,
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
        request = ReplayRequest(cases, options, zone, _span(within))
        with Progress(Console(stderr=True), quiet=as_json) as progress:
            result = replay(request, progress)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(result), indent=1).decode())
    else:
        print_replay(output_console(), result, out)
    result.input.check(strict=False)


def _span(text: str) -> int:
    try:
        return span_ms(text)
    except Malformed as error:
        raise UsageError(error.reason) from None

"""`fanzha profile`: compute a profile of each subscriber from calls and texts."""

import json
from pathlib import Path

import click

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, UsageError


@click.command("profile")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Parquet file to write.")
@click.option("--at", metavar="DATE", help="Last of the 30 days (China), e.g. 2026-03-31; else that of the last call.")
@click.option("--table", default="", help="Read every file as this event table (see `fanzha schema`).")
@click.option(
    "--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Column map (TOML)."
)
@click.option("--basis", default="", help="Legal basis of sources with message content (Telecom Regulations Art. 65).")
@click.option("--force", is_flag=True, help="Replace the profiles that another run wrote to --out.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def COMMAND(
    paths: tuple[Path, ...],
    out: Path,
    at: str | None,
    table: str,
    map_file: Path | None,
    basis: str,
    force: bool,
    as_json: bool,
) -> None:
    """Compute a profile of each subscriber from 30 days of calls and texts. 由 30 天的通话与短信生成用户画像。

    PATH is a file or folder of events, as `fanzha analyze` reads them; the calls must cover 28 days at least.
    `fanzha analyze` reads the resulting table; without one it computes such profiles itself. An interrupted run is
    resumed if it is started again with the same arguments.
    """
    import msgspec
    from rich.console import Console

    from fanzha.analyze.profile.job import ProfileRequest, profile
    from fanzha.analyze.terminal import Progress, output_console

    request = ProfileRequest(paths, _parquet(out), _day(at), table, map_file, basis, overwrite=force)
    with Progress(Console(stderr=True), quiet=as_json) as progress:
        summary = profile(request, progress)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(summary), ensure_ascii=False, indent=1))
        return
    console = output_console()
    events = " · ".join(f"{table} {count:,}" for table, count in summary.input.events.items())
    console.print(f"{events} · {summary.input.rejects:,} 行拒收 rejects · {summary.input.seconds:.1f} s")
    for note in summary.notes:
        console.print(f"{note.zh} {note.en}", highlight=False)
    if summary.simulated:
        console.print(f"其中 {summary.simulated:,} 个来自模拟数据 · of these of simulated events")
    console.print(f"画像 profiles: {out}\n分析 next: fanzha analyze {out} --out results", soft_wrap=True)


def _parquet(out: Path) -> Path:
    if out.suffix != ".parquet":
        raise UsageError(f"--out: {out} is no Parquet file", fix=f"name it {out}.parquet")
    if not out.parent.is_dir():
        raise UsageError(f"--out: there is no folder {out.parent}", fix=f"make it first: mkdir -p {out.parent}")
    return out


def _day(text: str | None) -> int | None:
    """Return the beginning of a day in China."""
    if text is None:
        return None
    try:
        return moment_ms(f"{text}T00:00:00+08:00")
    except Malformed:
        raise UsageError(f"--at: not a day: {text!r}", fix="write 2026-03-31") from None

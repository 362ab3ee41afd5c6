"""`fanzha simulate`: write a simulated province with planted frauds and innocent look-alikes."""

import json
from pathlib import Path

import click

from fanzha.cli._simulation_options import simulation_options, simulation_settings


@click.command("simulate")
@simulation_options
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
@click.option("--scenario", "only", multiple=True, help="Only this scenario; may be repeated.")
@click.option("--tidy", "orderly", is_flag=True, help="Records in order, once, on time.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def COMMAND(
    subscribers: int,
    days: int,
    seed: int,
    start: str,
    attackers: str,
    parameters: tuple[str, ...],
    limits: Path | None,
    limits_share: float,
    out: Path,
    only: tuple[str, ...],
    orderly: bool,
    as_json: bool,
) -> None:
    """Simulate a province's traffic with planted frauds. 模拟一个省的通信，含埋设的诈骗与无辜的形似者。

    Everything in the folder is marked as simulated; the answer sheet is truth/truth.parquet. The same arguments give
    the same files.
    """
    import msgspec
    from rich.console import Console

    from fanzha.analyze.simulation_files import write_simulation
    from fanzha.analyze.terminal import Progress, output_console

    settings = simulation_settings(
        subscribers, days, seed, start, attackers, parameters, limits, only, limits_share=limits_share
    )
    _must_be_empty(out)
    with Progress(Console(stderr=True), quiet=as_json) as progress:
        summary = write_simulation(settings, out, progress, orderly=orderly)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(summary), ensure_ascii=False, indent=1))
        return
    console = output_console()
    console.print(
        f"模拟数据 SIMULATED · {sum(summary.events.values()):,} 条记录 records · {summary.files} 个文件 files"
    )
    for table, count in summary.events.items():
        console.print(f"  {table} {count:,}")
    console.print("对象 subjects: " + " · ".join(f"{role} {count:,}" for role, count in summary.planted.items()))
    console.print(f"分析 next: fanzha analyze {out} --out results", soft_wrap=True)


def _must_be_empty(out: Path) -> None:
    """Raise UsageError if the folder is not empty: its files would be read together with the simulation."""
    from fanzha.base.errors import UsageError

    if out.is_dir() and any(out.iterdir()):
        raise UsageError(f"{out} is not empty", fix="name a new folder: files of two simulations do not mix")

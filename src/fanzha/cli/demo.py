"""`fanzha demo`: the main job on bundled and simulated input."""

import sys
from pathlib import Path

import click


@click.command("demo")
@click.option("--out", default="demo-out", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--check", "only_check", is_flag=True, help="Probe what the demo leaves behind (always without a terminal)."
)
def COMMAND(out: Path, only_check: bool) -> None:
    """Analyse samples and simulated traffic; screen made-up calls. 用内置样例和模拟通信演示分析与来电筛查。"""
    from fanzha.analyze.terminal import screen
    from fanzha.run.demo import check, check_screened, demo, show_screened

    console = screen()
    summary = demo(out, console)
    found = show_screened(console)
    if only_check or not sys.stdout.isatty():
        for words in (*check(summary), *check_screened(found)):
            console.print(f"[green]ok[/green] {words}")

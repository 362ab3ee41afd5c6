"""`fanzha demo`: analyse bundled and simulated input, then run a site with the results."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click


@click.command("demo")
@click.option("--out", default="demo-out", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--site/--no-site", default=True, show_default=True, help="Start a site with a made-up province.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Where the site listens; 8470, if that is free.")
@click.option("--password", help="Of all who can sign in; made anew where none is given.")
@click.option(
    "--check", "only_check", is_flag=True, help="Probe what the demo leaves behind (always without a terminal)."
)
def COMMAND(out: Path, site: bool, port: int | None, password: str | None, only_check: bool) -> None:
    """Analyse samples and simulated traffic, screen made-up calls, show a site. 演示分析、来电筛查与指挥平台。

    On a terminal the site runs until Ctrl-C; without one, or with --check, it is probed and stopped.
    """
    from fanzha.analyze.terminal import output_console
    from fanzha.run.demo import check_results, check_screening, run_demo, show_screening, silent_detectors
    from fanzha.run.demo_screening import screen_demo_calls
    from fanzha.run.demo_site import show_site

    console = output_console()
    with ThreadPoolExecutor(max_workers=1) as executor:  # on a fresh machine both compile kernels for a minute
        screening = executor.submit(screen_demo_calls)
        summary = run_demo(out, console)
        answers = screening.result()
    if silent := silent_detectors(summary):
        console.print(f"没有线索的检测器 detectors that found nothing: {', '.join(silent)}")
    show_screening(console, answers)
    checks = only_check or not sys.stdout.isatty()
    if checks:
        for check_line in (*check_results(summary), *check_screening(answers)):
            console.print(f"[green]ok[/green] {check_line}")
    if site:
        show_site(console, out, port, password, checks=checks)

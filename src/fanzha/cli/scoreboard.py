"""`fanzha scoreboard`: score the detectors on a simulation with planted frauds."""

import json
import tempfile
from pathlib import Path

import click

from fanzha.base.errors import UsageError
from fanzha.cli._simulation_options import simulation_options, simulation_settings


@click.command("scoreboard")
@simulation_options
@click.option("--detector", "detectors", multiple=True, help="Run only this detector; may be repeated.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep simulation and results in this folder."
)
@click.option(
    "--findings",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Score this findings.parquet instead of simulating; needs --truth.",
)
@click.option(
    "--truth", type=click.Path(exists=True, path_type=Path), help="Folder of the simulation the findings are of."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(
    subscribers: int,
    days: int,
    seed: int,
    start: str,
    attackers: str,
    parameters: tuple[str, ...],
    limits: Path | None,
    limits_share: float,
    detectors: tuple[str, ...],
    keep: Path | None,
    findings: Path | None,
    truth: Path | None,
    as_json: bool,
) -> None:
    """Score the detectors on planted frauds and look-alikes. 用埋设的诈骗与形似者给检测器打分。

    Simulates, analyses and scores. Found: a number, card, device, trunk, sender, host or outlet of the planted is
    named while it is at it. In time: a victim is named before the harm is done. Intervals are 95 % (Wilson).
    """
    import msgspec
    from rich.console import Console

    from fanzha.analyze.scoreboard import score_files, score_simulation
    from fanzha.analyze.terminal import Progress, output_console
    from fanzha.cli._scoreboard_output import print_alarm_rates, print_boards

    if (findings is None) != (truth is None):
        raise UsageError("--findings and --truth go together", fix="name both, or neither to simulate")
    if findings is not None and truth is not None:
        boards = score_files(findings, truth)
        if as_json:
            click.echo(json.dumps({"boards": msgspec.to_builtins(boards)}, ensure_ascii=False, indent=1))
        else:
            print_boards(output_console(), boards)
        return
    settings = simulation_settings(
        subscribers, days, seed, start, attackers, parameters, limits, limits_share=limits_share
    )
    with tempfile.TemporaryDirectory(prefix="fanzha-scoreboard-") as temporary:
        with Progress(Console(stderr=True), quiet=as_json) as progress:
            scored = score_simulation(settings, keep or Path(temporary), progress, detectors)
        if as_json:
            click.echo(json.dumps(msgspec.to_builtins(scored), ensure_ascii=False, indent=1))
        else:
            print_boards(output_console(), scored.boards)
            print_alarm_rates(output_console(), scored)
            output_console().print(
                f"{scored.simulation} · {len(scored.detectors)} 个检测器 detectors · {scored.seconds:.0f} s"
            )

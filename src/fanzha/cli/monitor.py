"""`fanzha monitor`: shifts of scores, new words in flagged texts, and rising alarms by month or week."""

import re
from collections.abc import Sequence
from pathlib import Path

import click

from fanzha.base.errors import UsageError


@click.command("monitor")
@click.argument(
    "findings", metavar="FINDINGS...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option("--by", type=click.Choice(["month", "week"]), default="month", help="Length of a period (default month).")
@click.option("--period", default="", metavar="PERIOD", help="Compare this one (2026-10, 2026-W41), not the last.")
@click.option("--detector", "detectors", multiple=True, help="Only this detector; may be repeated.")
@click.option(
    "--judged",
    multiple=True,
    metavar="PERIOD=N",
    help="Texts, names or lines judged in a period: alarms are then stated per million of them.",
)
@click.option("--words", type=click.IntRange(1, 200), default=20, help="New words shown of each detector (default 20).")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the report with charts here (HTML)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def COMMAND(
    findings: tuple[Path, ...],
    by: str,
    period: str,
    detectors: tuple[str, ...],
    judged: tuple[str, ...],
    words: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Show what changed in the findings of a month or week. 监测线索的变化：评分、新词、告警上升。

    FINDINGS are findings.parquet files, or folders that `fanzha analyze --out` or `fanzha watch` wrote. A finding in
    several files counts once. Days and periods are those of China.
    """
    import msgspec

    from fanzha.analyze.monitoring.job import MonitorRequest, monitor
    from fanzha.analyze.report.monitor_report import write_monitor_report
    from fanzha.analyze.terminal import output_console
    from fanzha.cli._monitor_output import print_monitor

    result = monitor(
        MonitorRequest(findings, by=by, period=period, detectors=detectors, judged=_parse_judged(judged), words=words)
    )
    if out is not None:
        write_monitor_report(result, out)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(result), indent=1).decode())
    else:
        print_monitor(output_console(), result, out)


def _parse_judged(entries: Sequence[str]) -> dict[str, int]:
    """Parse PERIOD=N. Raise UsageError."""
    counts = {}
    for entry in entries:
        match = re.fullmatch(r"(\d{4}-(?:W?\d\d))=(\d{1,15})", entry)
        if not match:
            raise UsageError(f"--judged {entry} is not understood 无法识别", fix="write --judged 2026-10=1200000")
        counts[match[1]] = int(match[2])
    return counts

"""`fanzha screen shadow-report`: what would have happened to the calls of each trunk."""

import csv
import io
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.clock import from_ms, iso, moment_ms
from fanzha.base.csv_cells import plain_cell
from fanzha.base.errors import Malformed, NothingUsable, UsageError

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from fanzha.screen.shadow_report import CallerCount, ShadowReport, TrunkReport

_DAY_MS = 86_400_000
_LONGEST_LINE = 600
_COLUMNS = (
    *("中继 trunk", "呼叫 calls", "应拒绝\nwould refuse", "应隐藏号码\nwould withhold", "应提示\nwould label"),
    *("实际拒绝\nrefused", "未筛查\nunscreened", "漫游未证实\nroaming unproven"),
)


@click.command("shadow-report")
@click.option("--since", metavar="MOMENT", help="From when, e.g. 2026-11-01T08:00 (UTC); default: a day ago.")
@click.option("--until", metavar="MOMENT", help="Until when; default: now.")
@click.option("--trunk", metavar="NAME", help="Only this trunk.")
@click.option("--log", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder of the log.")
@click.option("--top", default=10, show_default=True, type=click.IntRange(0, 1_000), help="Callers shown, masked.")
@click.option("--long-talk", default=60, show_default=True, type=click.IntRange(1, 36_000), help="Seconds, at least.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a CSV file, too.")
def COMMAND(
    since: str | None,
    until: str | None,
    trunk: str | None,
    folder: Path | None,
    top: int,
    long_talk: int,
    as_json: bool,
    csv_file: Path | None,
) -> None:
    """Report by trunk what would have happened, from the log. 影子（镜像）报告：按中继列出若处置则如何。

    Calls by treatment meant and applied, reasons, top callers (masked), hints that a refusal would hit an innocent, and
    the share of roaming home numbers without proof. docs/how-to/start-in-shadow.md explains how to read it.
    """
    report = _build(folder, _moment(since), _moment(until), trunk, top, long_talk)
    if csv_file is not None:
        csv_file.write_text(format_csv(report), encoding="utf-8-sig", newline="")
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=1).decode())
        return
    _print_report(report)
    if csv_file is not None:
        click.echo(csv_file)


def _moment(text: str | None) -> int | None:
    try:
        return moment_ms(text) if text else None
    except Malformed as error:
        raise UsageError(f"{text!r}: {error.reason}", fix="write a date or moment such as 2026-11-01T08:00") from None


def _build(
    folder: Path | None, since: int | None, until: int | None, trunk: str | None, top: int, long_talk: int
) -> "ShadowReport":
    """Read the log and count."""
    from rich.console import Console

    from fanzha.analyze.terminal import Progress
    from fanzha.screen.log_reader import LogReader
    from fanzha.screen.shadow_report import ShadowReportBuilder
    from fanzha.store.allowlist import load_allowlist_by_number
    from fanzha.store.state_folder import state_folder

    folder = folder or state_folder() / "screen" / "log"
    since = time.time_ns() // 1_000_000 - _DAY_MS if since is None else since
    reader, allowlisted = LogReader(folder, since, until), load_allowlist_by_number()
    builder = ShadowReportBuilder(allowlisted.__contains__, trunk=trunk, top=top, long_talk_seconds=long_talk)
    files = reader.files()
    with Progress(Console(stderr=True), quiet=not Console(stderr=True).is_terminal) as progress:
        progress.stage(f"{folder}", len(files))
        for path in files:
            for record in reader.records(path):
                builder.add(record)
            progress.advance(1)
    report = builder.build(reader.unreadable)
    if not report.calls:
        raise NothingUsable(
            f"{folder} holds no call{f' of trunk {trunk}' if trunk else ''} since {iso(since)}",
            fix="name the folder with --log ([log] folder of the settings), or an earlier --since",
        )
    return report


def format_csv(report: "ShadowReport") -> str:
    """Return the figures as CSV; a text that a spreadsheet would take for a formula gets an apostrophe before it."""
    import msgspec

    from fanzha.screen.shadow_report import ReportRow, list_rows

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(field.name for field in msgspec.structs.fields(ReportRow))
    for row in list_rows(report):
        cells = msgspec.structs.astuple(row)
        writer.writerow(plain_cell(cell) if isinstance(cell, str) else cell for cell in cells)
    return out.getvalue()


def _print_report(report: "ShadowReport") -> None:
    from fanzha.analyze.terminal import output_console

    console = output_console()
    assert report.first_at is not None and report.last_at is not None
    first, last = (f"{from_ms(at):%Y-%m-%d %H:%M}" for at in (report.first_at, report.last_at))
    console.print(f"{report.calls:,} 次呼叫 calls, {first} – {last} UTC")
    console.print(_summary_table(report))
    for trunk in report.trunks:
        for line, style in _trunk_lines(trunk):
            console.print(_line(line, style))
    if report.unreadable:
        console.print(f"· {report.unreadable:,} 行日志无法读取 lines of the log could not be read")
    if report.dropped_callers:
        console.print(f"· {report.dropped_callers:,} 个少见主叫未计全 rare callers were not counted to the end")


def _line(line: str, style: str) -> "Text":
    from rich.text import Text

    from fanzha.analyze.terminal import printable

    return Text(printable(line, _LONGEST_LINE), style=style)


def _summary_table(report: "ShadowReport") -> "Table":
    from rich.table import Table

    from fanzha.claims.treatment import Treatment

    table = Table(*_COLUMNS)
    for trunk in report.trunks:
        applied = sum(count.calls for count in trunk.treatments if count.applied is Treatment.REFUSE)
        meant = (trunk.meant(treatment) for treatment in (Treatment.REFUSE, Treatment.WITHHOLD, Treatment.LABEL))
        unscreened = sum(trunk.unscreened.values())
        table.add_row(
            _line(trunk.trunk or "—", ""),
            f"{trunk.calls:,}",
            *(_count(calls, trunk.calls) for calls in (*meant, applied, unscreened)),
            _count(trunk.roaming.unproven, trunk.roaming.total),
        )
    return table


def _count(calls: int, total: int) -> str:
    return f"{calls:,} ({calls / total:.2%})" if total else "—"


def _trunk_lines(trunk: "TrunkReport") -> Iterator[tuple[str, str]]:
    """Yield the lines about a trunk, each with its style."""
    from fanzha.claims.treatment import TREATMENT_WORDS, Treatment
    from fanzha.screen.reasons import REASONS, describe_reason
    from fanzha.screen.shadow_report import HINT_WORDS, Hint

    yield "", ""
    yield trunk.trunk or "—", "bold"
    for reason in trunk.reasons:
        if reason.meant is Treatment.ALLOW and reason.reason not in trunk.unscreened:
            continue
        words = describe_reason(reason.reason).words if reason.reason.partition(":")[0] in REASONS else None
        explained = f"{words.zh} {words.en}" if words else reason.reason
        meant = TREATMENT_WORDS[reason.meant]
        yield f"  {reason.calls:>9,}  {meant.zh} {meant.en}: {explained}", ""
    if trunk.top_callers:
        yield f"  主要主叫 top callers: {_list_callers(trunk.top_callers)}", ""
    for hint in trunk.hints:
        words = HINT_WORDS[Hint(hint.hint)]
        callers = _list_callers(hint.callers)
        yield f"  ! {hint.calls:,} 次可能误伤 maybe innocent: {words.zh} {words.en}: {callers}", "yellow"
    if trunk.top_callers and not trunk.answers_seen:
        yield "  · 日志中没有应答与挂机，无法判断通话长短 the log has no ends of calls: long talks are not seen", ""


def _list_callers(callers: "Sequence[CallerCount]") -> str:
    return ", ".join(f"{caller.caller} × {caller.calls:,}" for caller in callers)

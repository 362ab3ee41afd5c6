"""Terminal output of a run: a progress bar, then counts, the strongest suspects and the path of the report."""

import logging
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.alarm_rate import AlarmRate
from fanzha.analyze.report.suspects import Suspect, strongest_suspects
from fanzha.analyze.report.titles import MATURITY_NOTES, mask_subject
from fanzha.analyze.summary import Summary
from fanzha.base.kernels import watch_compilation
from fanzha.base.words import Words
from fanzha.claims.finding import MATURITY_WORDS, Maturity

MAX_REASONS = 2  # shown per suspect
BYTES_PER_MEGABYTE = 1_000_000

_LOG = logging.getLogger(__name__)


def output_console() -> Console:
    """Return a console on stdout; 120 columns wide if stdout is not a terminal."""
    return Console() if sys.stdout.isatty() else Console(width=120)


class Progress:
    """A progress bar for the current stage; silent if `quiet`, or if the log shows no warnings (`--quiet`)."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        """Draw on `console` (stderr, so that pipes stay clean)."""
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=quiet or not _LOG.isEnabledFor(logging.WARNING),
        )
        self._task = self._bars.add_task("", total=None, visible=False)
        self._compilation = self._bars.add_task("", total=None, visible=False)
        self._open = ExitStack()
        self._partial_megabyte = 0  # bytes

    def __enter__(self) -> Self:
        self._bars.start()
        self._open.enter_context(watch_compilation(self._show_compilation))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
        self._bars.stop()

    def stage(self, words: str, total: int | None) -> None:
        """Begin a stage of `total` steps (None: unknown)."""
        self._bars.reset(self._task, description=words, total=total, visible=True)

    def _show_compilation(self, kernel: int) -> None:
        words = f"编译计算核（仅首次） compiling kernels (first run only), {kernel}"
        self._bars.update(self._compilation, description=words, visible=True)

    def advance(self, steps: int = 1) -> None:
        """Advance the bar."""
        self._bars.advance(self._task, steps)

    def byte_stage(self, words: str, total_bytes: int | None) -> None:
        """Begin a stage that is counted in megabytes (None: unknown)."""
        self._partial_megabyte = 0
        self.stage(f"{words}, MB", None if total_bytes is None else total_bytes // BYTES_PER_MEGABYTE)

    def advance_bytes(self, count: int) -> None:
        """Advance the bar of a byte stage."""
        megabytes, self._partial_megabyte = divmod(self._partial_megabyte + count, BYTES_PER_MEGABYTE)
        if megabytes:
            self.advance(megabytes)


def print_summary(console: Console, summary: Summary, *, per_detector: int = 2) -> None:
    """Print the counts of a run and its strongest suspects, masked."""
    out = Path(summary.out)
    table = Table(
        "来源 source",
        "格式 format",
        "读入 read",
        "已用 used",
        "拒收 rejected",
        title="输入 Input",
        title_justify="left",
    )
    for name, source in zip(summary.names(), summary.sources, strict=True):
        table.add_row(Text(name), source.format, *(f"{n:,}" for n in (source.read, source.used, source.rejected)))
    console.print(table)
    for maturity in Maturity if summary.findings else ():
        suspects = _strongest_suspects(summary, maturity, per_detector)
        if suspects.row_count:
            console.print(suspects)
            console.print(Text(f"{MATURITY_NOTES[maturity].zh} {MATURITY_NOTES[maturity].en}"))
    resumed_note = "（继续上次中断的运行 resumed）" if summary.resumed else ""
    to_warn = f" · {summary.to_warn:,} 人需提醒 people to warn" if summary.to_warn else ""
    console.print(
        f"{summary.suspects:,} 个可疑对象 suspects{to_warn} · {summary.findings:,} 条线索 findings · "
        f"{summary.rejects:,} 行拒收 rejects · {summary.repeats:,} 重复 repeats · "
        f"{summary.seconds:.1f} s {resumed_note}"
    )
    if summary.by_maturity:
        words = {maturity: MATURITY_WORDS[maturity] for maturity in Maturity}
        counts = (
            f"{words[Maturity(name)].zh} {words[Maturity(name)].en} {n:,}" for name, n in summary.by_maturity.items()
        )
        console.print(f"线索 findings: {' · '.join(counts)}")
    _print_rates(console, summary)
    for note in summary.notes:
        console.print(Text(f"{note.zh} · {note.en}"))
    if summary.simulated:
        console.print(f"其中 {summary.simulated:,} 条来自模拟数据 · of these on simulated data")
    console.print(f"报告 report: {out / 'report.html'}", soft_wrap=True)


def _print_rates(console: Console, summary: Summary) -> None:
    """Print alarms and warnings per million lines a day, and by which lines and days."""
    if summary.exposure is None:
        return
    for title, rates in (
        (Words("每天每百万线告警", "alarms per million lines a day"), summary.alarms_by_maturity),
        (Words("每天每百万线提醒", "warnings per million lines a day"), summary.warnings_by_maturity),
    ):
        if rates:
            console.print(f"{title.zh} {title.en}: {format_rates(rates)}", highlight=False)
    if summary.alarms_by_maturity or summary.warnings_by_maturity:
        console.print(" ".join(summary.exposure.words()), highlight=False)


def format_rates(rates: Mapping[str, AlarmRate]) -> str:
    """Return rates by maturity on one line."""
    titles = {name: MATURITY_WORDS[Maturity(name)] for name in rates}
    return " · ".join(f"{titles[name].zh} {titles[name].en} {rate.text()}" for name, rate in rates.items())


def _strongest_suspects(summary: Summary, maturity: Maturity, per_detector: int) -> Table:
    """Return a table of the strongest suspects of every detector, and of the people to warn, of one maturity."""
    titles = ("对象 subject", "评分 score", "理由 why")
    columns = [Column(title, overflow="fold") for title in titles]
    title = MATURITY_WORDS[maturity]
    table = Table(
        *columns,
        title=f"最强线索·{title.zh} Strongest, {title.en}",
        title_justify="left",
        show_lines=True,
    )
    findings = Path(summary.out) / "findings.parquet"
    for name in summary.by_detector:
        for victims in (False, True):
            for suspect in strongest_suspects(
                findings,
                per_detector,
                mask_subject,
                findings_per_subject=1,
                detector=name,
                victims=victims,
                maturity=maturity,
            ):
                table.add_row(*_row(suspect, "需提醒 to warn · " if victims else ""))
    return table


def _row(suspect: Suspect, prefix: str) -> tuple[Text, str, Text]:
    finding = suspect.findings[0]
    reasons = [finding.sentence, *finding.details][:MAX_REASONS]
    return (
        Text(f"{prefix}{printable(suspect.display, 30)}\n{finding.detector.zh} {finding.detector.en}"),
        f"{suspect.score:.2f}",
        Text("\n".join(f"{printable(why.zh, 120)}\n{printable(why.en, 160)}" for why in reasons)),
    )


def printable(text: str, max_length: int) -> str:
    """Shorten a text and replace characters that could control the terminal."""
    visible = "".join(character if character.isprintable() else " " for character in text[: max_length + 1])
    return visible if len(visible) <= max_length else visible[: max_length - 1] + "…"

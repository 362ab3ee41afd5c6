"""`fanzha watch`: continuous detection in folders, files and standard input."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed, QuestionsOpen, UsageError

if TYPE_CHECKING:
    from fanzha.analyze.watch.status import WatchStatus

_SOURCES = 10  # described at the end of a job


@click.command("watch")
@click.argument("sources", nargs=-1, required=True)
@click.option(
    "--out", default="", help="File that findings are appended to, or nats://HOST:4222/SUBJECT (default: stdout)."
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for windows, positions and the log of steps (default: `watch` of the state folder).",
)
@click.option("--table", default="", help="Read every source as this event table (see `fanzha schema`).")
@click.option(
    "--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Column map (TOML)."
)
@click.option("--detector", "detectors", multiple=True, help="Run only this detector; may be repeated.")
@click.option("--basis", default="", help="Legal basis of sources with message content (Telecom Regulations Art. 65).")
@click.option(
    "--lateness", help="How late an event may come after younger ones, e.g. 2h (default: 1s; 10min with files)."
)
@click.option("--owner", default="", help="Hand findings to the site as those of this organisation (its ref).")
@click.option(
    "--alarms", default="", help="File or nats:// subject for alarms about sources (default: alarms.jsonl of --state)."
)
@click.option("--once", is_flag=True, help="Read what is there, keep the state, and end: for a job every hour.")
@click.option("--finish", is_flag=True, help="With --once or -: the input is complete; give out everything.")
def COMMAND(
    sources: tuple[str, ...],
    out: str,
    state: Path | None,
    table: str,
    map_file: Path | None,
    detectors: tuple[str, ...],
    basis: str,
    lateness: str | None,
    owner: str,
    alarms: str,
    once: bool,
    finish: bool,
) -> None:
    """Detect continuously in folders, files, standard input (-) or streams. 持续监测文件夹、文件、标准输入或消息流。

    A stream of NATS JetStream is written as nats://HOST:4222/STREAM (pip install "fanzha[stream]"); syslog://HOST:PORT
    listens for syslog messages (RFC 5424 and 3164, UDP and TCP) whose bodies are CSV, JSON or key=value lines.
    Findings are written as JSON Lines, each once, also after a crash. Only whole lines of growing files are used.
    SIGTERM or Ctrl-C ends it; the next start resumes where it stopped.
    """
    from fanzha.analyze.pipeline import tune_allocator
    from fanzha.analyze.watch.job import STDIN, WatchOptions, state_of, watch
    from fanzha.analyze.watch.status import read_status

    if finish and not (once or STDIN in sources):
        raise UsageError("--finish needs an input that ends", fix="add --once, or read standard input with -")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tune_allocator()
    options = WatchOptions(
        sources=sources,
        out=out,
        state=state,
        table=table,
        map_file=map_file,
        detectors=detectors,
        basis=basis,
        lateness_ms=None if lateness is None else _span(lateness),
        owner=owner,
        alarms=alarms,
        once=once,
        finish=finish,
    )
    counts = watch(options, lambda text: click.echo(text, err=True), stop)
    if once:
        status = read_status(state_of(options))
        events, findings, pending = sum(counts.events.values()), counts.findings, status.pending
        click.echo(f"累计 {events:,} 条事件，{findings:,} 条线索，{pending:,} 条等待更晚的数据", err=True)
        click.echo(f"so far {events:,} events, {findings:,} findings; {pending:,} wait for later data", err=True)
        for line in _describe_ages(status):
            click.echo(line, err=True)
        if status.problems:
            raise QuestionsOpen(
                f"{len(status.problems)} files were not read 有文件未读取: {', '.join(sorted(status.problems))}",
                fix="write a map with `fanzha read FILE --write`, or move them away 先用 fanzha read 写映射，或移走",
            )


def _describe_ages(status: "WatchStatus") -> Iterator[str]:
    """Yield how old the events of the first sources were at their arrival, and the lateness that would do."""
    for source, age in sorted(status.age_seconds.items())[:_SOURCES]:
        lateness = status.suggested_lateness_seconds.get(source, 1)
        yield (
            f"{source}：半数事件到达时不足 {age['p50']} 秒，99% 不足 {age['p99']} 秒；"
            f"--lateness {lateness}s 可覆盖 99.9%"
        )
        yield (
            f"{source}: half of the events were younger than {age['p50']} s when they came, 99 % than {age['p99']} s; "
            f"--lateness {lateness}s would do for 99.9 %"
        )


def _span(text: str) -> int:
    try:
        return span_ms(text)
    except Malformed as error:
        raise UsageError(error.reason) from None

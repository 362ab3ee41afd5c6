"""Detect continuously in folders and growing files."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from fanzha.analyze.watch.detection import WatchCounts
from fanzha.analyze.watch.job import STDIN, WatchOptions
from fanzha.analyze.watch.job import watch as run_watch
from fanzha.base.clock import span_ms
from fanzha.base.errors import Malformed, UsageError

_LOG = logging.getLogger(__name__)


def watch(
    sources: str | Path | Sequence[str | Path],
    *,
    out: str | Path,
    state: str | Path | None = None,
    detectors: Sequence[str] = (),
    table: str = "",
    map_file: str | Path | None = None,
    basis: str = "",
    lateness: str | None = None,
    owner: str = "",
    alarms: str | Path = "",
    once: bool = False,
    finish: bool = False,
    notify: Callable[[str], None] = _LOG.info,
    stop: threading.Event | None = None,
) -> WatchCounts:
    """Follow folders and growing files; append each finding once to `out` as a line of JSON. Return the counts.

    Blocks until `stop` is set or, with `once`, until everything that is there has been read; with `finish` too, the
    input is complete and nothing is held back. Windows, positions and what was written are kept in the folder `state`
    (default: watch of the state folder): the next call resumes where this one stopped, also after a crash. `lateness`
    is how late an event may come after younger ones, e.g. "2h" (default: 10 min). `owner` hands findings to the site
    as those of this organisation. `alarms` is the file for alarms about sources that fall silent or bring less than
    usual (default: alarms.jsonl of the state). `notify` gets the messages for the operator. Other arguments are those
    of reading.

    Raise UsageError for a wrong argument, path or map.
    """
    paths = (sources,) if isinstance(sources, str | Path) else tuple(sources)
    if STDIN in paths:
        raise UsageError("standard input belongs to the program", fix="run `fanzha watch -` in its place")
    if finish and not once:
        raise UsageError("`finish` needs an input that ends", fix="pass once=True as well")
    options = WatchOptions(
        sources=tuple(map(str, paths)),
        out=Path(out),
        state=None if state is None else Path(state),
        table=table,
        map_file=Path(map_file) if map_file else None,
        detectors=tuple(detectors),
        basis=basis,
        lateness_ms=None if lateness is None else _parse_span(lateness),
        owner=owner,
        alarms=alarms,
        once=once,
        finish=finish,
    )
    return run_watch(options, notify, stop or threading.Event())


def _parse_span(text: str) -> int:
    try:
        return span_ms(text)
    except Malformed as error:
        raise UsageError(error.reason) from None

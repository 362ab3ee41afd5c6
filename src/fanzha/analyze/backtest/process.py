"""Run a backtest in a process of its own: `python -m fanzha.analyze.backtest.process REQUEST` (a JSON file).

It writes its progress to stdout, one JSON object a line: `stage`, `done` and `total` (null: unknown), or `problem`.
"""

import sys
import time
from pathlib import Path
from typing import TextIO

import msgspec

from fanzha.analyze.backtest.decided_cases import DecidedCase
from fanzha.analyze.backtest.job import BacktestRequest, backtest, store_results
from fanzha.base.errors import FanzhaError

_MIN_INTERVAL_SECONDS = 0.5


class ProcessRequest(msgspec.Struct, frozen=True):
    """Rule texts by name, history, folder of the results, whether the state folder keeps them, and decided cases."""

    rules: dict[str, str]
    paths: list[str]
    out: str
    store: bool = True
    cases: tuple[DecidedCase, ...] = ()


class LineProgress:
    """Writes progress as lines of JSON, at most two a second within a stage."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._stage, self._done, self._written_at = out, "", 0, 0.0
        self._total: int | None = None

    def stage(self, words: str, total: int | None) -> None:
        """Begin a stage of `total` steps (None: unknown)."""
        self._stage, self._total, self._done = words, total, 0
        self._write()

    def advance(self, steps: int = 1) -> None:
        """`steps` more steps are done."""
        self._done += steps
        if time.monotonic() - self._written_at >= _MIN_INTERVAL_SECONDS:
            self._write()

    def _write(self) -> None:
        self._written_at = time.monotonic()
        line = {"stage": self._stage, "done": self._done, "total": self._total}
        print(msgspec.json.encode(line).decode(), file=self._out, flush=True)


def main(path: str, out: TextIO) -> int:
    """Run the request of a file; return 0, or 2 after a line with the problem."""
    request = msgspec.json.decode(Path(path).read_bytes(), type=ProcessRequest)
    rules = tuple((name, text.encode()) for name, text in request.rules.items())
    try:
        result = backtest(
            BacktestRequest(
                rules=rules, paths=tuple(map(Path, request.paths)), out=Path(request.out), cases=request.cases
            ),
            LineProgress(out),
        )
        if request.store:
            store_results(rules, result)
        result.input.check(strict=False)
    except FanzhaError as error:
        print(msgspec.json.encode({"problem": str(error)}).decode(), file=out, flush=True)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.stdout))

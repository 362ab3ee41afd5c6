"""Run backtests in the background: a child process reads the history, and its row says how far it is.

A person asks for one and may cancel it. The result stays with the row and among the stored backtests of the text.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils import timezone
from django_tasks import task

from fanzha.base.errors import UsageError
from fanzha.command.detection_rules.backtest_report import build_report
from fanzha.command.detection_rules.decided_cases import collect_cases
from fanzha.command.detection_rules.models import BacktestRun, BacktestState
from fanzha.command.web.job_settings import load_job_settings
from fanzha.command.web.scoping import unscoped
from fanzha.store.histories import load_histories
from fanzha.store.rule_texts import RuleTexts
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from subprocess import Popen

logger = logging.getLogger(__name__)

#: A backtest without a sign of life for this long is taken to be killed.
STALL_TIMEOUT = timedelta(minutes=10)
KILLED = "interrupted: run it again"
#: Followed by the minutes.
TOO_LONG = "stopped after its time limit in minutes:"
_POLL_SECONDS, _MERCY_SECONDS = 1.0, 10.0
_ROWS = unscoped("the worker runs backtests of all organisations")


@task()
def run_backtest(ref: str) -> None:
    """Run a queued backtest to its end, unless it is cancelled meanwhile."""
    run = _ROWS.rows(BacktestRun).get(ref=ref)
    if not _update(run, BacktestState.QUEUED, state=BacktestState.RUNNING):
        return
    folder = state_folder() / "backtests" / ref
    try:
        problem = _run_child(run, folder)
        if problem is None:
            return
        if problem:
            _update(run, BacktestState.RUNNING, state=BacktestState.FAILED, problem=problem[:500])
            return
        result = build_report(run, folder)
        _update(run, BacktestState.RUNNING, state=BacktestState.DONE, stage="", result=result)
    except UsageError as error:
        _update(run, BacktestState.RUNNING, state=BacktestState.FAILED, problem=str(error)[:500])
    except Exception:
        _update(run, BacktestState.RUNNING, state=BacktestState.FAILED, problem="it broke: see the log of the site")
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_child(run: BacktestRun, folder: Path) -> str | None:
    """Run the child process; return "" after success, what went wrong, or None if the run was cancelled."""
    texts, history = RuleTexts(), load_histories().get(run.history)
    if history is None:
        raise UsageError(f"there is no history {run.history!r} any more", fix="choose another one")
    folder.mkdir(parents=True, mode=0o700)
    rules = {f"{text[:8]}.rule": texts.text(text) for text in (run.text, run.beside) if text}
    request: dict[str, Any] = {"rules": rules, "paths": [str(history)], "out": str(folder)}
    if run.replays_cases:
        request["cases"] = collect_cases(run.owner_id)
        if not request["cases"]:
            raise UsageError("there is no decided case any more", fix="decide on subjects first")
    (folder / "request.json").write_bytes(msgspec.json.encode(request))
    command = [sys.executable, "-m", "fanzha.analyze.backtest.process", str(folder / "request.json")]
    with (folder / "progress.jsonl").open("wb") as said, (folder / "errors.txt").open("wb") as errors:
        child = subprocess.Popen(command, stdout=said, stderr=errors, stdin=subprocess.DEVNULL)
        limit = load_job_settings().backtest_minutes
        ends = time.monotonic() + limit * 60
        try:
            while child.poll() is None:
                if time.monotonic() >= ends:
                    return f"{TOO_LONG} {limit:g}"
                if not _update(run, BacktestState.RUNNING, **_progress(folder)):
                    return None
                _wait(child)
        finally:
            _stop(child)
    if child.returncode == 0:
        return ""
    last = _last_line(folder / "progress.jsonl").get("problem")
    if last is None:
        logger.error("backtest %s ended with %s: %s", run.ref, child.returncode, _tail(folder / "errors.txt"))
    return str(last or "").partition("\n")[0] or f"the process ended with {child.returncode}: see the log of the site"


def _wait(child: Popen[bytes]) -> None:
    try:
        child.wait(_POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return


def _stop(child: Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_MERCY_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _progress(folder: Path) -> dict[str, Any]:
    line = _last_line(folder / "progress.jsonl")
    if "stage" not in line:
        return {}
    return {"stage": str(line["stage"])[:80], "done": line["done"], "total": line["total"]}


def _last_line(path: Path) -> dict[str, Any]:
    """Return the last whole line of a file of JSON objects, nothing if there is none."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    return msgspec.json.decode(lines[-1], type=dict[str, Any]) if lines else {}


def _tail(path: Path) -> str:
    return path.read_text("utf-8", "replace")[-2_000:]


def _update(run: BacktestRun, current: BacktestState, **changes: Any) -> bool:
    """Change a run that is in this state, and say that it lives; return whether it was."""
    rows = _ROWS.rows(BacktestRun).filter(pk=run.pk, state=current)
    return bool(rows.update(touched_at=timezone.now(), **changes))


def fail_stalled(now: datetime) -> None:
    """Let backtests whose worker was killed fail, so that they can be run again."""
    stalled = _ROWS.rows(BacktestRun).filter(state=BacktestState.RUNNING, touched_at__lte=now - STALL_TIMEOUT)
    for run in stalled:
        if _update(run, BacktestState.RUNNING, state=BacktestState.FAILED, problem=KILLED):
            shutil.rmtree(state_folder() / "backtests" / run.ref, ignore_errors=True)

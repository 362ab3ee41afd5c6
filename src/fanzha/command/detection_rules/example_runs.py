"""Run the examples of a typed rule text in a child process, as `fanzha rules test` does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.command.detection_rules.text_check import check_text
from fanzha.processes.refusal import Reason, Refusal

TIMEOUT_SECONDS = 90.0
_FAILED_EXAMPLES = 7
_ONE_AT_A_TIME = threading.Lock()


class ExampleRun(msgspec.Struct):
    """The result of one example: expected and found subjects, and the sentences about them."""

    rule: str
    title: dict[str, str]
    expected: list[str]
    found: list[str]
    sentences: list[dict[str, str]]
    passed: bool

    @property
    def words(self) -> Words:
        """Return its title."""
        return Words(self.title["zh"], self.title["en"])

    @property
    def finding_sentences(self) -> list[Words]:
        """Return the sentences of its findings."""
        return [Words(one["zh"], one["en"]) for one in self.sentences]


class ExampleRuns(NamedTuple):
    """The results of all examples, or why there are none."""

    runs: list[ExampleRun]
    problem: Words | None = None


def run_examples(text: str, timeout: float = TIMEOUT_SECONDS) -> ExampleRuns:
    """Run the examples of a text without mistakes; one text at a time in each process of the site."""
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        return ExampleRuns(
            [], Words("正在运行另一段规则的示例，请稍后再试", "other examples are running: try again in a moment")
        )
    try:
        return _run(text, timeout)
    finally:
        _ONE_AT_A_TIME.release()


def _run(text: str, timeout: float) -> ExampleRuns:
    with tempfile.TemporaryDirectory(prefix="fanzha-examples-") as folder:
        path = Path(folder) / "typed.rule"
        path.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "fanzha", "rules", "test", "--json", str(path)]
        try:
            ended = subprocess.run(command, capture_output=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            words = Words("示例运行超过时限，已中止", "the examples took too long and were stopped")
            return ExampleRuns([], words)
    if ended.returncode not in (0, _FAILED_EXAMPLES):
        said = ended.stderr.decode("utf-8", "replace").strip().partition("\n")[0][:300]
        return ExampleRuns([], Words(f"示例无法运行：{said}", f"the examples could not be run: {said}"))
    return ExampleRuns(msgspec.json.decode(ended.stdout, type=list[ExampleRun]))


def run_checked_examples(text: str) -> list[ExampleRun]:
    """Run the examples of a text. Raise Refusal for a text with mistakes, and if they cannot be run."""
    checked = check_text(text)
    if checked.rule is None:
        words = Words("请先改正错误，再运行示例", "correct the errors first, then the examples run")
        raise Refusal(Reason.EVIDENCE, words, fields={"text": words})
    ran = run_examples(text) if checked.rule.examples else ExampleRuns([])
    if ran.problem is not None:
        raise Refusal(Reason.STATE, ran.problem)
    return ran.runs

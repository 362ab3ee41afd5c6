"""`watch` follows a folder from Python: each finding is one line, and the next call goes on."""

import json
import threading
from pathlib import Path

import pyarrow.csv
import pytest
from tests.api.test_analysis import EXPORT, GUARD

from fanzha.api import UsageError, analyze, watch


def write(folder: Path) -> Path:
    folder.mkdir()
    pyarrow.csv.write_csv(EXPORT, folder / "calls.csv")
    return folder


def test_findings_are_those_of_an_analysis_and_come_once(tmp_path: Path) -> None:
    folder, out, state = write(tmp_path / "in"), tmp_path / "found.jsonl", tmp_path / "state"
    counts = watch(folder, out=out, state=state, detectors=GUARD, once=True, finish=True)
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    expected = analyze(folder, detectors=GUARD).findings
    assert counts.findings == len(found) == expected.num_rows > 0
    assert {line["subject"] for line in found} == set(expected.column("subject").to_pylist())


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    stop, messages = threading.Event(), list[str]()
    stop.set()
    counts = watch(
        [write(tmp_path / "in")],
        out=tmp_path / "found.jsonl",
        state=tmp_path / "state",
        detectors=GUARD,
        notify=messages.append,
        stop=stop,
    )
    assert counts.findings == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sources": "-"}, "standard input belongs to the program"),
        ({"sources": "none"}, "is not there"),
        ({"sources": ".", "finish": True}, "needs an input that ends"),
        ({"sources": ".", "lateness": "soon"}, "not a span of time"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, object], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        watch(**arguments, out=tmp_path / "found.jsonl", state=tmp_path / "state")  # type: ignore[arg-type]

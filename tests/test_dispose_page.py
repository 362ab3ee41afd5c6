"""What the pages on disposal show is so: the channel runs, the messages are those that are built and read."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fanzha.dispose import Action, AnswerState, example_order
from fanzha.dispose._rows import ANSWER_COLUMNS, ORDER_COLUMNS
from fanzha.dispose._wire import order_keys, read_answers

TOP = Path(__file__).resolve().parent.parent
PAGE = TOP / "docs" / "how-to" / "add-a-dispose-channel.md"

REFERENCE = TOP / "docs" / "reference" / "dispose.md"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The page's channel and its test, laid down as a package from outside would be."""
    channel, test = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    (tmp_path / "resolver_zone.py").write_text(channel, "utf-8")
    (tmp_path / "test_resolver_zone.py").write_text(test, "utf-8")
    info = tmp_path / "resolver_zone-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: resolver-zone\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[fanzha.dispose]\nresolver_zone = resolver_zone:CHANNEL\n")
    return tmp_path


def run(folder: Path, *command: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(TOP)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_channel_of_the_page_passes_the_tests_of_every_channel(installed: Path) -> None:
    out = run(installed, "pytest", "-q", "-k", "resolver_zone", TOP / "tests" / "dispose")
    assert re.search(r"7 passed", out), out


def test_the_test_of_the_page_passes(installed: Path) -> None:
    assert "1 passed" in run(installed, "pytest", "-q", "--rootdir", TOP, "-c", TOP / "pyproject.toml", installed)


def test_the_code_of_the_page_keeps_the_house_style(installed: Path) -> None:
    settings = ("--config", TOP / "pyproject.toml", "--no-cache")
    run(installed, "ruff", "check", *settings, installed)
    run(installed, "ruff", "format", "--check", *settings, installed)


def test_the_messages_of_the_reference_are_those_that_are_built_and_read() -> None:
    text = REFERENCE.read_text("utf-8")
    order, answer = (json.loads(one) for one in re.findall(r"^```json\n(.*?)^```", text, re.M | re.S))
    assert order == order_keys(example_order(Action.REFUSE, ("phone_number", "+8617000000001")))
    assert [one.state for one in read_answers(json.dumps(answer).encode())] == [*AnswerState]
    for columns in (ORDER_COLUMNS, ANSWER_COLUMNS):
        assert f"`{','.join(columns)}`" in text

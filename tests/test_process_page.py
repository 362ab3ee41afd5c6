"""The process that the how-to shows is right, can be walked through whole, and is checked and drawn as it says."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.processes.walking import walk

from fanzha.cli import fanzha
from fanzha.processes import Process, parse_process

PAGE = Path(__file__).resolve().parent.parent / "docs" / "how-to" / "add-a-process.md"


def text() -> str:
    found, *_parts = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    return str(found)


@pytest.fixture
def process() -> Process:
    return parse_process(text(), "site_visit.yaml")


def test_everything_in_it_can_happen(process: Process) -> None:
    walked = walk(process)
    assert set(walked.fired) == set(process.events)
    assert {situation.state for situation in walked.situations.values()} == set(process.states)
    assert {name.partition(":")[0] for name in walked.passed} >= set(process.deadlines)


def test_the_commands_of_the_page_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("site_visit.yaml").write_text(text(), "utf-8")
    commands = [line.split()[1:] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("fanzha ")]
    assert len(commands) == 2
    for words in commands:
        done = CliRunner().invoke(fanzha, words)
        assert done.exit_code == 0, done.output
    assert "Report the visit" in Path("site_visit.svg").read_text("utf-8")

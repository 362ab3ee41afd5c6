"""The command shows what was seen and what was not, and follows a stopped log again."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.cli.tail_logs import COMMAND
from fanzha.store.site_watch import GapReason, KnownHead, open_site_watch

HEAD = KnownHead(100, b"r" * 32, 5, b"signed")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    with open_site_watch(tmp_path) as store:
        store.add_log(bytes(32), "demo", "https://log.example", HEAD, 40, 5)
        store.advance(bytes(32), 60, None, 20)
        store.add_gap(bytes(32), 60, 61, GapReason.WITHHELD, 5)
        store.advance(bytes(32), 61, None, 0)
        store.note_problem(bytes(32), "HTTP 500", 6)
    return tmp_path


def test_status_in_words_and_json(home: Path) -> None:
    shown = CliRunner().invoke(COMMAND, ["--status"])
    assert shown.exit_code == 0
    assert "demo\tfollowing" in shown.output
    assert "seen 20，未见 not seen before_start 40, withheld 1，待读 waiting 39 / 100" in shown.output
    assert "HTTP 500" in shown.output
    (status,) = json.loads(CliRunner().invoke(COMMAND, ["--status", "--json"]).output)
    assert status["seen"] + sum(status["missing"].values()) + status["waiting"] == status["size"]


def test_a_forked_log_gives_an_exit_code_of_its_own_and_is_resumed(home: Path) -> None:
    with open_site_watch(home) as store:
        store.add_fork(bytes(32), b"a", b"b", "two roots", 7)
    assert CliRunner().invoke(COMMAND, ["--status"]).exit_code == 8
    assert CliRunner().invoke(COMMAND, ["--resume", "demo"]).exit_code == 0
    assert CliRunner().invoke(COMMAND, ["--status"]).exit_code == 0


def test_wrong_calls_are_told(home: Path) -> None:
    assert CliRunner().invoke(COMMAND, ["--json"]).exit_code == 2
    assert CliRunner().invoke(COMMAND, ["--resume", "demo"]).exception is not None
    assert CliRunner().invoke(COMMAND, []).exception is not None

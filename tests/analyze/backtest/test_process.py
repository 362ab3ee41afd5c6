"""A backtest in a process of its own tells its progress line by line, and stores its result."""

import io
import json
from pathlib import Path

import msgspec
import pytest
from tests.analyze.backtest.history import rule

from fanzha.analyze.backtest.process import LineProgress, ProcessRequest, main
from fanzha.store.rule_promotion import list_backtests
from fanzha.store.rule_texts import RuleTexts

HEAD = "话单号,主叫号码,已证实主叫,被叫号码,开始时间,通话时长(秒),入口,中继群号"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def request_file(folder: Path, text: str) -> Path:
    rows = [f"ZJ{m:02},17000000001,17000000001,19000001{m:03},2026030108{m:02}00,9,移动,TG-01" for m in range(12)]
    (folder / "calls.csv").write_bytes("\n".join([HEAD, *rows, ""]).encode("gb18030"))
    request = ProcessRequest({"burst.rule": text}, [str(folder / "calls.csv")], str(folder / "out"))
    (folder / "request.json").write_bytes(msgspec.json.encode(request))
    return folder / "request.json"


def test_progress_and_result_are_left_for_the_caller(tmp_path: Path) -> None:
    text = rule(10).decode()
    name = text.split()[1]
    RuleTexts().add(name, text, at=1, by="Lin", why="a test")
    out = io.StringIO()
    assert main(str(request_file(tmp_path, text)), out) == 0
    stages = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(stages) >= 2 and {"stage", "done", "total"} == set(stages[0])
    assert json.loads((tmp_path / "out" / "backtest.json").read_text())["versions"][0]["hits"] == 1
    (stored,) = list_backtests()
    assert (stored.rule, stored.hits) == (name, 1)


def test_a_mistake_is_told_as_a_line(tmp_path: Path) -> None:
    out = io.StringIO()
    assert main(str(request_file(tmp_path, "rule")), out) == 2
    assert "mistake" in json.loads(out.getvalue().splitlines()[-1])["problem"]


def test_steps_within_a_stage_are_told_at_most_twice_a_second() -> None:
    out = io.StringIO()
    progress = LineProgress(out)
    progress.stage("reading", 1_000)
    for _ in range(1_000):
        progress.advance()
    assert len(out.getvalue().splitlines()) <= 3

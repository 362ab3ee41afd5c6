"""`fanzha processes` lists, checks and draws, and ends with 2 when a text is wrong."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha
from fanzha.processes import all_processes
from fanzha.processes.sample_draw import METHOD, DrawRecord, FieldDraw, draw, encode_record


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*words: object) -> Result:
    return CliRunner().invoke(fanzha, ["processes", *map(str, words)])


def fault(result: Result) -> str:
    """What the command would tell and end with 2."""
    assert isinstance(result.exception, UsageError)
    return str(result.exception)


def own(folder: Path, **changes: str) -> Path:
    text = all_processes()["lead"].text.replace("name: lead", "name: own_lead", 1)
    for old, new in changes.items():
        text = text.replace(old, new, 1)
    path = folder / "own_lead.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_those_that_ship_and_the_operators_own_are_listed(home: Path) -> None:
    own(home / "processes")
    rows = {row["name"]: row for row in json.loads(run("list", "--json").output)}
    assert {"order", "own_lead"} <= rows.keys() and rows["order"]["zh"] == "处置指令"
    assert "处置指令 Order" in run("list").output


def test_a_right_file_is_said_to_be_right_and_a_wrong_one_is_told_with_its_line(tmp_path: Path) -> None:
    right = run("check", own(tmp_path))
    assert right.exit_code == 0 and "无误" in right.output
    wrong = run("check", own(tmp_path, **{"dropped: {title": "lost: {title"}))
    assert "there is no state 'dropped'" in fault(wrong) and "own_lead.yaml:" in fault(wrong)


def test_a_step_without_its_result_is_a_warning(tmp_path: Path) -> None:
    result = run("check", own(tmp_path, **{'    done: ["线索已移交", "Handed over"]\n': ""}))
    assert result.exit_code == 0 and "states, right" in result.output
    assert "warning:" in result.output and "write done:" in result.output


def test_a_file_is_called_after_its_process(tmp_path: Path) -> None:
    path = own(tmp_path)
    output = run("check", path.rename(tmp_path / "other.yaml"))
    assert "call the file own_lead.yaml" in fault(output)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = own(tmp_path)
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert "UTF-8" in fault(run("check", path))


def test_a_process_is_drawn_by_name_or_from_its_file(tmp_path: Path) -> None:
    printed = run("draw", "order", "--language", "zh").output
    assert ElementTree.fromstring(printed).tag.endswith("svg") and "处置指令" in printed
    out = tmp_path / "lead.svg"
    assert run("draw", own(tmp_path), "--out", out).exit_code == 0
    assert "Draft a lead" in out.read_text("utf-8")


def test_an_unknown_name_is_told_with_those_that_there_are() -> None:
    output = run("draw", "nothing")
    assert "order" in fault(output)


def test_a_sample_is_drawn_again(tmp_path: Path) -> None:
    field, path = FieldDraw({"a": "甲", "b": "乙"}, {}, draw("7", ["a", "b"], 1)), tmp_path / "sample.json"
    path.write_bytes(encode_record(DrawRecord("supervision", "draw", "7", METHOD, {"inspected": field})))
    assert "the same result" in run("redraw", path).output
    path.write_bytes(path.read_bytes().replace(b'"seed": "7"', b'"seed": "8"'))
    seeds = [str(number) for number in range(8, 40)]
    other = next(seed for seed in seeds if draw(seed, ["a", "b"], 1) != field.drawn)
    path.write_bytes(path.read_bytes().replace(b'"seed": "8"', f'"seed": "{other}"'.encode()))
    assert "another result comes out for inspected" in fault(run("redraw", path))
    path.write_text("no record")
    assert "is no record of a draw" in fault(run("redraw", path))

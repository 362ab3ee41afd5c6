"""`fanzha read` shows what would be understood and writes a map that is never lost by a second call."""

import json
import os
import pty
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.base.errors import NothingUsable, QuestionsOpen, UsageError
from fanzha.cli import fanzha
from fanzha.cli.read import COMMAND
from fanzha.read import ReadContext, find_sources, read_source

CALLS = "主叫号码,被叫号码,开始时间,通话时长(秒)\n19100000001,19900000001,20260301083015,35\n"


def run(*words: str | Path) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(fanzha, ["read", *map(str, words)], env={"COLUMNS": "200"})
    return result.exit_code, result.output, result.exception


def test_a_gb_18030_export_is_shown_and_its_map_written(tmp_path: Path) -> None:
    path = tmp_path / "话单.csv"
    path.write_bytes(CALLS.encode("gb18030"))
    code, output, _ = run(path, "--write")
    assert code == 0
    assert all(word in output for word in ("gb18030", "主叫号码", "caller", "call_ended", "可用 used 1", "191******01"))
    (source,) = find_sources([path])
    assert source.map is not None and source.map.table == "calls"
    assert read_source(source, ReadContext(0)).used == 1


def test_a_map_that_is_there_is_kept_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "a.csv.toml"
    path.write_text(CALLS)
    target.write_text('table = "calls"\nsource = "mine"\n[columns]\ncaller = "主叫号码"\noccurred_at = "开始时间"\n')
    code, _, error = run(path, "--write")
    assert isinstance(error, UsageError) and "--force" in str(error) and "mine" in target.read_text("utf-8")
    assert run(path, "--write", "--force")[0] == 0
    assert 'source = "mine"' in target.read_text("utf-8"), "what the person wrote goes into the new map"


def test_json_is_one_object_a_source(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CALLS)
    (tmp_path / "b.txt").write_text("a.example\n")
    code, output, _ = run(tmp_path, "--json")
    found = json.loads(output)
    assert code == 0 and [(one["table"], one["used"]) for one in found] == [("calls", 1), ("site_seen", 1)]


def test_nothing_usable_ends_with_a_status_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("时间,短信内容\n2026-03-01,您好，您的快递到了\n")
    _, output, error = run(tmp_path / "a.csv")
    assert isinstance(error, NothingUsable) and error.exit_code == 3
    assert "Art. 65" in output and "第六十五条" in output
    assert run(tmp_path / "a.csv", "--basis", "user's report")[0] == 0


def test_rules_that_stay_silent_for_lack_of_columns_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CALLS)
    _, output, _ = run(tmp_path / "a.csv")
    assert "stay silent" in output and "wangiri" in output and "ingress" in output
    (found,) = json.loads(run(tmp_path / "a.csv", "--json")[1])
    assert [group for group in found["silent"] if "wangiri" in group["rules"] and group["missing"]]


UNSURE = "".join(f"1910000{n:04},19900000001,202603010830{n % 60:02},{n}\n" for n in range(0, 4000, 97))


def test_without_a_terminal_questions_stand_in_the_map_which_is_not_used_before_they_are_answered(
    tmp_path: Path,
) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "a.csv.toml"
    path.write_text(UNSURE)
    code, output, error = run(path, "--write")
    assert isinstance(error, QuestionsOpen) and error.exit_code == 6
    assert "question" in output and "column_1" in target.read_text("utf-8")
    with pytest.raises(QuestionsOpen, match="column_1"):
        find_sources([path])
    text = target.read_text("utf-8")
    target.write_text(
        text[: text.index("questions = [")] + text[text.index("]\n", text.index("questions = [")) + 2 :], "utf-8"
    )
    assert read_source(find_sources([path])[0], ReadContext(0)).used == len(UNSURE.splitlines())
    assert run(path)[0] == 0


def test_accept_goes_on_with_the_columns_that_are_sure(tmp_path: Path) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "a.csv.toml"
    path.write_text("H_MSISDN,H_OPP,H_STIME,H_DUR\n" + UNSURE)
    code, _, _ = run(path, "--write", "--accept")
    text = target.read_text("utf-8")
    assert code == 0 and 'callee = "H_OPP"' in text and '# ? = "H_MSISDN"' in text and "questions" not in text


def test_accept_leaves_the_questions_open_where_nothing_sure_remains(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(UNSURE)
    _, _, error = run(tmp_path / "a.csv", "--write", "--accept")
    assert isinstance(error, QuestionsOpen)


def test_in_a_terminal_questions_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, target = tmp_path / "a.csv", tmp_path / "a.csv.toml"
    path.write_text("H_MSISDN,H_OPP,H_STIME,H_DUR\n" + UNSURE)
    terminal, keyboard = pty.openpty()
    os.write(terminal, b"y\n")
    with open(keyboard, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        COMMAND.main([str(path), "--write"], standalone_mode=False)
    os.close(terminal)
    assert 'caller = "H_MSISDN"' in target.read_text("utf-8")


def test_analyze_asks_what_read_asks_and_goes_on_with_what_is_sure(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(UNSURE)
    command = ["analyze", str(tmp_path / "a.csv"), "--out", str(tmp_path / "out"), "--detector", "sequential_dialling"]
    asked = CliRunner().invoke(fanzha, command)
    assert isinstance(asked.exception, QuestionsOpen) and "column_1" in str(asked.exception)
    assert not (tmp_path / "out").exists()
    accepted = CliRunner().invoke(fanzha, [*command, "--accept"])
    assert isinstance(accepted.exception, NothingUsable)
    assert "do not suffice" in (tmp_path / "out" / "rejects.jsonl").read_text("utf-8")

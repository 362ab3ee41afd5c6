"""`fanzha rules` checks, formats and explains files, and ends with 2 when one is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from fanzha.cli import fanzha
from fanzha.cli.rules import description_as_json, description_lines
from fanzha.events import all_events
from fanzha.rules import check, describe, parse

GOOD = """# burst
rule burst "群呼" "burst"
  on call_ended
  when count(call_ended by caller, 1h) >= 30
  then find caller_or_trunk as caller_id_spoofing score 0.7
"""


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "burst.rule"
    path.write_text(GOOD, "utf-8")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(fanzha, ["rules", *map(str, words)])


def test_a_right_file_is_said_to_be_right(good: Path) -> None:
    result = run("check", good)
    assert result.exit_code == 0
    assert "1 条规则无误 rules are right" in result.output


def test_every_mistake_of_every_file_is_told_and_ends_with_2(good: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.rule"
    other.write_text(GOOD.replace("caller, 1h", "calller, 1h"), "utf-8")
    third = tmp_path / "third.rule"
    third.write_bytes(GOOD.encode("gb18030"))
    call = [sys.executable, "-m", "fanzha", "rules", "check", str(other), str(good), str(third)]
    result = subprocess.run(call, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "other.rule:4:28 R302" in result.stderr and "third.rule:2:14 R114" in result.stderr
    assert "是否想写 caller" in result.stderr and "Traceback" not in result.stderr
    assert "burst.rule: 1" in result.stdout


def test_a_condition_that_is_never_true_is_warned_of_and_the_file_is_right(good: Path) -> None:
    good.write_text(GOOD.replace("when count", "when not answered and ring_ms < 3 s and count"), "utf-8")
    result = run("check", good)
    assert result.exit_code == 0
    assert "1 条规则无误 rules are right" in result.stdout
    assert "burst.rule:4:25 W301" in result.stderr
    assert "gap(call_offered by call_id, 1h) > 0 s" in result.stderr


def test_lists_of_the_state_folder_and_those_named_are_known(good: Path, state: Path) -> None:
    text = GOOD.replace("  then", "  except caller in own_list or caller in other_list\n  then")
    good.write_text(text, "utf-8")
    (state / "lists").mkdir(parents=True)
    (state / "lists" / "own_list.txt").write_text("95588\n", "utf-8")
    assert "R308" in str(run("check", good).exception)
    assert run("check", good, "--list", "other_list").exit_code == 0


def test_format_prints_or_writes_and_keeps_comments(good: Path) -> None:
    printed = run("format", good).output
    assert printed.startswith("# burst\nrule burst") and "  version 1\n" in printed
    assert good.read_text("utf-8") == GOOD
    assert run("format", good, "--check").exit_code != 0
    assert run("format", good, "--write").exit_code == 0
    assert good.read_text("utf-8") == printed
    assert run("format", good, "--check").exit_code == 0


def test_explain_speaks_both_languages(good: Path) -> None:
    output = run("explain", good).output
    assert "呼叫结束时" in output and "when a call has ended" in output
    assert "count(call_ended by caller, 1h) >= 30" in output
    (told,) = json.loads(run("explain", good, "--json").output)
    assert told["rule"] == "burst" and told["windows"][0]["en"].endswith("in the last 1h")


def test_explain_prints_sql_that_runs_on_the_event_tables(good: Path) -> None:
    text = run("explain", good, "--sql").output
    with duckdb.connect() as connection:
        for name, table in all_events().items():
            connection.register(name, table.empty())
        assert connection.execute(text).fetchall() == []


def test_the_life_of_rules_is_in_the_same_group() -> None:
    assert {"check", "format", "explain", "list", "add", "promote", "retire", "history"} <= set(
        run("--help").output.split()
    )


TEXT = """rule r "标题" "title"
  law "ATF Art. 20"
  on call_ended
  when count(call_ended by caller, 1h) >= 30
  except caller is not known
  then find callee score points(0.4 when talk_ms < 20 s)
"""


def test_every_part_stands_in_both_languages() -> None:
    (rule,) = check(parse(TEXT)).rules
    description = "\n".join(description_lines(rule, describe(rule)))
    for part in ("标题  title", "ATF Art. 20", "判断时刻 decides", "界限 limits", "除非 except", "保存的状态 keeps"):
        assert part in description
    assert "talk_ms < 20 s    分 points 0.4" in description


def test_machines_get_the_same() -> None:
    (rule,) = check(parse(TEXT)).rules
    description = json.loads(json.dumps(description_as_json(rule, describe(rule)), ensure_ascii=False))
    assert description["title"] == {"zh": "标题", "en": "title"}
    assert description["limits"][0] == {"text": "count(call_ended by caller, 1h) >= 30", "points": ""}
    assert description["except"] == "caller is not known"


def test_examples_are_run_and_one_that_fails_ends_with_7(good: Path) -> None:
    example = '  example finds nothing\n    call_ended with caller = "+8617000000001", answered = false\n'
    good.write_text(GOOD + example, "utf-8")
    passed = run("test", good)
    assert passed.exit_code == 0 and passed.output.startswith("✓")
    good.write_text(GOOD + example.replace("nothing", '"TG-1"'), "utf-8")
    failed = run("test", good, "--json")
    assert getattr(failed.exception, "exit_code", 0) == 7
    (result,) = json.loads(failed.stdout)
    assert (result["expected"], result["found"], result["passed"]) == (["TG-1"], [], False)


def test_rules_without_examples_are_named(good: Path) -> None:
    result = run("test", good)
    assert result.exit_code == 0
    assert "没有示例 no examples" in result.stdout and "没有示例 has no example" in result.stderr

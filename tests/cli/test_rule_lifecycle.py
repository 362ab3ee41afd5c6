"""`fanzha rules` list, add, promote, retire, history: each step needs a name and a reason; what is wrong is said."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from fanzha.base.errors import UsageError
from fanzha.cli._rule_lifecycle import COMMANDS
from fanzha.rules.diagnostics import RuleError

GROUP = click.Group("rules", commands=list(COMMANDS))
RULE = """rule made_up_burst version {0}
on call_ended
when count(call_ended by caller, 1h) >= {0}
then find trunk score 0.5
"""
WHO = ("--by", "Lin", "--why", "agreed in the meeting")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "any.rule"
    path.write_text(RULE.format(30), "utf-8")
    return path


def rules(*arguments: str | Path) -> Result:
    return CliRunner().invoke(GROUP, list(map(str, arguments)))


def go(*states: str) -> None:
    for state in states:
        share = ("--share", "10%") if state == "share" else ()
        assert rules("promote", "made_up_burst", state, *share, "--emergency", *WHO).exception is None


def listed() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(rules("list", "--json").stdout)
    return rows


def test_a_rule_goes_from_file_to_live_and_the_list_says_where_it_is(file: Path) -> None:
    assert "草稿 draft" in rules("add", file, *WHO).stdout
    go("backtest", "warming", "shadow", "share", "live")
    (rule,) = listed()
    assert (rule["rule"], rule["state"], rule["by"], rule["newest"]) == ("made_up_burst", "live", "Lin", True)
    assert "正式运行 live" in rules("list").stdout


def test_a_share_is_given_and_shown_in_per_cent(file: Path) -> None:
    rules("add", file, *WHO)
    go("backtest", "warming", "shadow")
    assert (
        "share of traffic 10%"
        in rules("promote", "made_up_burst", "share", "--share", "10%", "--emergency", *WHO).stdout
    )
    assert listed()[0]["share"] == 0.1
    assert (
        "share of traffic 12.5%"
        in rules("promote", "made_up_burst", "share", "--share", "0.125", "--emergency", *WHO).stdout
    )


@pytest.mark.parametrize("share", ["10", "-1%", "ten", "101%", "%"])
def test_a_share_that_is_none_is_refused(file: Path, share: str) -> None:
    rules("add", file, *WHO)
    go("backtest", "warming", "shadow")
    error = rules("promote", "made_up_burst", "share", f"--share={share}", "--emergency", *WHO).exception
    assert isinstance(error, UsageError) and "10%" in str(error)


@pytest.mark.parametrize("missing", ["--by", "--why"])
@pytest.mark.parametrize("command", [("promote", "made_up_burst", "backtest"), ("retire", "made_up_burst")])
def test_no_step_is_taken_without_name_and_reason(file: Path, command: tuple[str, ...], missing: str) -> None:
    rules("add", file, *WHO)
    options = WHO[2:] if missing == "--by" else WHO[:2]
    result = rules(*command, *options)
    assert (result.exit_code, missing in result.output) == (2, True)
    assert listed()[0]["state"] == "draft"


def test_a_skipped_state_is_refused_and_the_open_ones_are_named(file: Path) -> None:
    rules("add", file, *WHO)
    error = rules("promote", "made_up_burst", "live", *WHO).exception
    assert isinstance(error, UsageError) and "it may become: backtest, retired" in str(error)


def test_a_new_text_is_a_draft_beside_the_live_one_and_replaces_it_when_it_goes_live(file: Path) -> None:
    rules("add", file, *WHO)
    go("backtest", "warming", "shadow", "share", "live")
    file.write_text(RULE.format(40), "utf-8")
    rules("add", file, *WHO)
    assert [one["state"] for one in listed()] == ["live", "draft"]
    go("backtest", "warming", "shadow", "share", "live")
    assert [one["state"] for one in listed()] == ["retired", "live"]


def test_an_older_text_is_named_by_its_digest(file: Path) -> None:
    rules("add", file, *WHO)
    file.write_text(RULE.format(40), "utf-8")
    rules("add", file, *WHO)
    old = str(listed()[0]["text"])
    assert old[:8] in rules("retire", "made_up_burst", "--text", old[:8], *WHO).stdout
    assert [one["state"] for one in listed()] == ["retired", "draft"]


def test_the_history_says_who_did_what_why_and_what_a_change_changed(file: Path) -> None:
    rules("add", file, *WHO)
    file.write_text(RULE.format(40), "utf-8")
    rules("add", file, "--by", "Wang", "--why", "too many false hits")
    rules("retire", "made_up_burst", *WHO)
    steps = json.loads(rules("history", "made_up_burst", "--json").stdout)
    assert [(one["what"], one["step"]["by"]) for one in steps] == [
        ("add", "Lin"),
        ("change", "Wang"),
        ("retire", "Lin"),
    ]
    output = rules("history", "made_up_burst", "--diff").stdout
    assert "修改 change" in output
    assert "-when count(call_ended by caller, 1h) >= 30" in output
    assert "+when count(call_ended by caller, 1h) >= 40" in output


def test_a_text_with_a_mistake_is_not_taken(file: Path) -> None:
    file.write_text(RULE.format(1).replace(">= 1", ">= many"), "utf-8")
    assert isinstance(rules("add", file, *WHO).exception, RuleError)
    assert listed() == []


def test_a_file_with_two_rules_is_not_taken(file: Path) -> None:
    file.write_text(RULE.format(1) + RULE.format(2).replace("burst", "other"), "utf-8")
    error = rules("add", file, *WHO).exception
    assert isinstance(error, UsageError) and "a file of its own" in str(error)


def test_another_text_of_the_same_version_is_not_taken(file: Path) -> None:
    rules("add", file, *WHO)
    file.write_text(RULE.format(30).replace(">= 30", ">= 31"), "utf-8")
    error = rules("add", file, *WHO).exception
    assert isinstance(error, UsageError) and "write `version 31`" in str(error)
    assert len(listed()) == 1


def test_a_name_of_the_package_is_not_taken(file: Path) -> None:
    file.write_text(RULE.format(1).replace("made_up_burst", "gateway_guard"), "utf-8")
    error = rules("add", file, *WHO).exception
    assert isinstance(error, UsageError) and "another name" in str(error)


def test_a_rule_may_name_a_list_of_the_state_folder(file: Path, home: Path) -> None:
    file.write_text(RULE.format(1).replace("then", "except caller in friends then"), "utf-8")
    assert isinstance(rules("add", file, *WHO).exception, RuleError)
    (home / "lists").mkdir(parents=True)
    (home / "lists" / "friends.txt").write_text("# kind: phone_number\n95588\n", "utf-8")
    assert rules("add", file, *WHO).exception is None


def test_a_file_edited_by_hand_is_pointed_out(file: Path, home: Path) -> None:
    rules("add", file, *WHO)
    (home / "rules" / "made_up_burst.rule").write_text(RULE.format(5), "utf-8")
    assert listed()[0]["edited"] is True
    assert "has no effect until it is added" in rules("list").stdout


@pytest.mark.parametrize(
    "command", [("promote", "gone", "backtest", *WHO), ("retire", "gone", *WHO), ("history", "gone")]
)
def test_an_unknown_rule_is_named(command: tuple[str, ...]) -> None:
    error = rules(*command).exception
    assert isinstance(error, UsageError) and "no rule is called gone" in str(error)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_command_says_what_it_does_in_both_languages(command: click.Command) -> None:
    text = command.help or ""
    assert any("一" <= character <= "鿿" for character in text) and text[:1].isascii()


def test_a_rule_that_was_not_tested_acts_only_in_an_emergency_which_stays_in_the_history(file: Path) -> None:
    rules("add", file, *WHO)
    go("backtest", "warming", "shadow")
    said = str(rules("promote", "made_up_burst", "share", "--share", "10%", *WHO).exception)
    assert "fanzha backtest --store" in said and "days in shadow" in said and "a second person, Lin added" in said
    assert rules("promote", "made_up_burst", "share", "--share", "10%", "--emergency", *WHO).exception is None
    history = json.loads(rules("history", "made_up_burst", "--json").stdout)
    assert history[-1]["step"]["emergency"] and "紧急 emergency" in rules("history", "made_up_burst").stdout

"""`fanzha lookup` answers in both languages, for people and for programs, and ends with 2 when it cannot."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console
from tests.findings import finding

from fanzha.analyze.lookup import LookupResult, look_up
from fanzha.base.words import Words
from fanzha.cli import fanzha
from fanzha.cli.lookup import print_lookup, visible
from fanzha.kinds import Fact, all_kinds


@pytest.fixture(autouse=True)
def no_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))


def test_a_number_is_told_in_both_languages() -> None:
    result = CliRunner().invoke(fanzha, ["lookup", "+8610110"])
    assert result.exit_code == 0
    assert "伪装号码" in result.output and "disguised number" in result.output
    assert "没有发现问题不等于安全" not in result.output
    assert "没有发现问题不等于安全" in CliRunner().invoke(fanzha, ["lookup", "95588"]).output


def test_a_program_gets_json() -> None:
    result = CliRunner().invoke(fanzha, ["lookup", "95588", "--json"])
    (entry,) = json.loads(result.output)
    assert (entry["kind"], entry["facts"]["service"]["en"]) == ("short_code", "ICBC")


def test_a_number_from_standard_input_is_not_in_the_shells_history() -> None:
    result = CliRunner().invoke(fanzha, ["lookup", "-", "--json"], input="11010519491231002X\n")
    assert json.loads(result.output)[0]["value"] == "居民身份证 11••••••••••••••••"
    assert "1949123100" not in result.output


def test_names_of_a_stream_are_compared_with_own_domains() -> None:
    names = "fictionbank.example\nfictionbnak.com\nsampled.net\n"
    result = CliRunner().invoke(fanzha, ["lookup", "--stream", "--own", "fictionbank.example"], input=names)
    assert result.exit_code == 0
    assert [json.loads(line)["host"] for line in result.stdout.splitlines()] == ["fictionbnak.com"]
    assert "1 / 3" in result.stderr


@pytest.mark.parametrize("words", [[], ["--own", "example.com"], ["95588", "--stream"], ["95588", "--own", "a.com"]])
def test_a_value_or_a_stream_is_asked_for(words: list[str]) -> None:
    assert CliRunner().invoke(fanzha, ["lookup", *words]).exit_code == 2


def test_an_operators_table_is_used(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "portability.csv").write_text("number,operator\n19100000101,移动\n", "utf-8")
    result = CliRunner().invoke(fanzha, ["lookup", "19100000101", "--json"])
    assert json.loads(result.output)[0]["facts"]["operator_now"]["value"] == "china_mobile"


@pytest.mark.parametrize("words", [["!"], ["x", "--kind", "person"], ["x", "--kind", "nothing"], []])
def test_what_cannot_be_looked_up_ends_with_2(words: list[str]) -> None:
    call = [sys.executable, "-m", "fanzha", "lookup", *words]
    completed = subprocess.run(call, capture_output=True, text=True, check=False)
    assert completed.returncode == 2
    assert completed.stderr and "Traceback" not in completed.stderr


def shown(results: list[LookupResult]) -> str:
    console = Console(file=io.StringIO(), width=200)
    print_lookup(console, results)
    file: Any = console.file
    return str(file.getvalue())


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\nb", "[red]x", "\u202eevil"])
def test_control_characters_are_dropped(text: str) -> None:
    assert visible(text).isprintable()
    results = LookupResult(all_kinds()["trunk"], text, 1.0, [Fact("x", Words("甲", "a"), text, Words(text, text))], [])
    assert "\x1b" not in shown([results])
    assert "[red]x" not in text or "[red]x" in shown([results])


def test_long_text_is_cut() -> None:
    assert len(visible("x" * 1_000)) == 120


def test_findings_stand_with_score_and_reasons_in_both_languages() -> None:
    text = shown([LookupResult(all_kinds()["trunk"], "T", 1.0, [], [finding(score=0.9, reasons_en=("a reason",))])])
    assert "0.90 made-up" in text and "理由" in text and "a reason" in text
    assert "没有发现问题" not in text


def test_likeness_is_told_when_the_kind_was_guessed() -> None:
    assert "likeness" in shown(look_up("95588"))
    assert "likeness" not in shown(look_up("95588", "short_code"))

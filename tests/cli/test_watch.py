"""`fanzha watch` refuses options that make no sense, and needs no text of its own beyond findings on stdout."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fanzha.base.errors import QuestionsOpen, UsageError
from fanzha.cli import fanzha


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("{folder}", "--finish"), "--finish needs an input that ends"),
        (("{folder}", "--lateness", "soon"), "not a span of time"),
        (("{folder}/absent",), "is not there"),
    ],
)
def test_wrong_options_are_usage_errors(tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    given = [argument.format(folder=tmp_path) for argument in arguments]
    error = CliRunner().invoke(fanzha, ["watch", *given, "--state", str(tmp_path / "state")]).exception
    assert isinstance(error, UsageError) and why in str(error)


GUARD = ("--detector", "gateway-guard", "--once")
HEAD = "话单号,主叫号码,被叫号码,开始时间,通话时长(秒),入口,中继群号"


def watch(folder: Path, *arguments: str) -> Result:
    state = folder.parent / "state"
    return CliRunner().invoke(fanzha, ["watch", str(folder), "--state", str(state), *GUARD, *arguments])


def test_a_job_says_what_it_read_and_ends_with_an_error_where_a_file_was_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [f"ZJ{n},17000000001,1900000{n:04},2026030108{n:02}00,9,移动,TG-01" for n in range(30)]
    (folder / "calls.csv").write_text("\n".join([HEAD, *rows, ""]), "utf-8")
    first = watch(folder)
    assert first.exit_code == 0 and "so far" in first.stderr
    assert "in: half of the events were younger than" in first.stderr and "--lateness" in first.stderr
    (folder / "list.csv").write_text("a,b\n1,x\n2,y\n3,z\n", "utf-8")
    second = watch(folder)
    assert isinstance(second.exception, QuestionsOpen) and "list.csv" in str(second.exception)


def test_the_file_of_findings_is_no_input(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    out = folder / "findings.jsonl"
    assert watch(folder, "--out", str(out)).exit_code == 0
    out.write_text('{"type":"finding","sequence":[0,0]}\n', "utf-8")
    again = watch(folder, "--out", str(out))
    assert "so far 0 events" in again.stderr and again.exit_code == 0, again.output

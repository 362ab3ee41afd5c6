"""`fanzha backtest`: rules and history on one line, an account out, and errors that say what to do."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.analyze.backtest.history import rule

from fanzha.base.errors import NothingUsable, QuestionsOpen, UsageError
from fanzha.base.ids import digest
from fanzha.cli import fanzha
from fanzha.cli.backtest import split_arguments
from fanzha.store.rule_promotion import list_backtests

UNSURE = "".join(f"1910000{n:04},19900000001,202603010830{n % 60:02},{n}\n" for n in range(0, 4000, 97))
HEAD = "话单号,主叫号码,已证实主叫,被叫号码,开始时间,通话时长(秒),入口,中继群号"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    rows = [f"ZJ{m:02},17000000001,17000000001,1900000{m:04},202603010800{m:02},9,移动,TG-01" for m in range(30)]
    (tmp_path / "calls.csv").write_text("\n".join([HEAD, *rows, ""]), "utf-8")
    return tmp_path / "calls.csv"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.rule").write_bytes(rule(20))
    return tmp_path / "a.rule"


def backtest(*arguments: str | Path) -> Result:
    return CliRunner().invoke(fanzha, ["backtest", *map(str, arguments)])


def test_the_account_is_printed_as_json(file: Path, calls: Path) -> None:
    output = json.loads(backtest(file, calls, "--json").stdout)
    assert [(one["label"], one["hits"]) for one in output["versions"]] == [("burst", 1)]


def test_people_read_the_table_the_hits_and_what_history_cannot_tell(file: Path, calls: Path, tmp_path: Path) -> None:
    output = backtest(file, calls, "--out", tmp_path / "out").stdout
    assert "查" not in output and "可执行 would act" in output and "+86 17•• ••0 0001" in output
    assert "left no" in output and str(tmp_path / "out" / "report.html") in output.replace("\n", "")


def test_without_out_nothing_is_left(file: Path, calls: Path) -> None:
    before = sorted(file.parent.iterdir())
    assert "report.html" not in backtest(file, calls).stdout
    assert sorted(file.parent.iterdir()) == before


def test_a_rule_that_was_added_is_named_and_its_newest_text_is_run(file: Path, calls: Path) -> None:
    added = ["rules", "add", str(file), "--by", "Lin", "--why", "try it"]
    assert CliRunner().invoke(fanzha, added).exception is None
    assert split_arguments(("burst", str(calls))) == ((("burst", rule(20)),), (calls,))
    assert json.loads(backtest("burst", calls, "--json").stdout)["versions"][0]["hits"] == 1


def test_a_stored_backtest_has_stretch_full_windows_and_alarms(file: Path, calls: Path) -> None:
    assert CliRunner().invoke(fanzha, ["rules", "add", str(file), "--by", "Lin", "--why", "try it"]).exception is None
    assert backtest("burst", calls, "--store", "--lines", "1000").exception is None
    (kept,) = list_backtests(digest(rule(20).decode()))
    assert (kept.rule, kept.events, kept.hits, kept.full_hits, kept.alarms) == ("burst", 90, 1, 0, 1)
    assert kept.last - kept.first == 38_000  # 30 calls, one a second, of nine seconds
    assert kept.alarms_per_million is not None and kept.alarms_low is not None and kept.alarms_high is not None
    assert kept.alarms_low < kept.alarms_per_million < kept.alarms_high


def test_a_text_that_the_state_folder_lacks_is_not_stored(file: Path, calls: Path) -> None:
    error = backtest(file, calls, "--store").exception
    assert isinstance(error, UsageError) and "fanzha rules add" in str(error)
    assert list_backtests() == []


def test_a_budget_is_given_on_the_line(file: Path, calls: Path) -> None:
    output = json.loads(backtest(file, calls, "--json", "--subjects-an-hour", "0", "--share-of-trunk", "5%").stdout)
    assert output["versions"][0]["budget"] == {"subjects_an_hour": 0, "share_of_trunk": 0.05}
    assert output["versions"][0]["acted"] == 0


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("{calls}",), "no rule is named"),
        (("{file}",), "no history is named"),
        (("{file}", "gone", "{calls}"), "gone: there is no such file"),
        (("{file}", "{calls}", "--share-of-trunk", "5"), "write 5%"),
        (("{file}", "{calls}", "--share-of-trunk", "500%"), "write 5%"),
        (("{file}", "{calls}", "--since", "yesterday"), "not a moment"),
    ],
)
def test_a_usage_error_says_what_to_do(file: Path, calls: Path, arguments: tuple[str, ...], why: str) -> None:
    error = backtest(*(one.format(file=file, calls=calls) for one in arguments)).exception
    assert isinstance(error, UsageError) and why in str(error)


def test_columns_that_are_not_sure_are_asked_about_and_left_out_with_accept(file: Path, tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(UNSURE, "utf-8")
    assert isinstance(backtest(file, tmp_path / "calls.csv").exception, QuestionsOpen)
    assert isinstance(backtest(file, tmp_path / "calls.csv", "--accept").exception, NothingUsable)


def test_a_history_that_cannot_be_used_is_an_error(file: Path, tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("a,b\n1,2\n", "utf-8")
    assert isinstance(backtest(file, tmp_path / "calls.csv").exception, NothingUsable)

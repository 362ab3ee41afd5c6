"""`fanzha screen` checks settings, prints an example that is right, and throws switches with name and reason."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.screen.http.certificates import write_certificate

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha
from fanzha.cli.screen import COMMAND as SCREEN
from fanzha.cli.screen import MONITORING_FILES
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.settings_reader import read_settings
from fanzha.store.screen_trunks import write_trunks
from fanzha.store.switches import read_switches


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*words: object) -> Result:
    return CliRunner().invoke(fanzha, ["screen", *map(str, words)])


def test_the_example_is_right_and_shows_every_table(tmp_path: Path) -> None:
    text = run("example").output
    path = tmp_path / "screen.toml"
    path.write_text(text, encoding="utf-8")
    assert "无误 right; 2 条中继" in run("check", path).output
    read_settings(path)
    assert [name for name in ScreenSettings.__struct_fields__ if name not in text] == []


def test_check_tells_what_the_operator_should_decide(tmp_path: Path) -> None:
    certificate, _ = write_certificate(tmp_path)
    path = tmp_path / "screen.toml"
    path.write_text(f'{run("example").output}\n[stir]\nroots = "{certificate}"\n', encoding="utf-8")
    assert "[stir] hosts is empty" in run("check", path).output


def test_what_is_wrong_is_told_before_anything_starts(tmp_path: Path) -> None:
    path = tmp_path / "screen.toml"
    path.write_text("[http]\nport = 0\n")
    for words in (("check", path), ("run", path), (path,)):
        result = run(*words)
        assert isinstance(result.exception, UsageError)
        assert "[http]" in str(result.exception)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[http]\naddress = "0.0.0.0"\n', "behind_tls_proxy = true"),
        ('[http]\n[hep]\naddress = "0.0.0.0"\n', "[hep] listens beyond this machine: write key"),
        ('[sip.edge]\ntrunk_group = true\naddress = "0.0.0.0"\ndialog_events = true\n', "write peers"),
    ],
)
def test_a_listener_that_is_open_to_the_network_is_refused_by_check_and_start(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "screen.toml"
    path.write_text(text)
    for words in (("check", path), ("run", path)):
        result = run(*words)
        assert isinstance(result.exception, UsageError) and says in str(result.exception)


def test_a_switch_is_thrown_listed_and_put_back(home: Path) -> None:
    assert "no switch" in run("switches").output
    run("off", "trunk", "IGW-1", "--by", "duty officer", "--why", "false refusals")
    assert read_switches().list_names(read_switches().thrown[0].what) == {"IGW-1"}
    listed = run("switches").output
    assert "trunk IGW-1" in listed and "duty officer: false refusals" in listed
    assert "on: trunk IGW-1" in run("on", "trunk", "IGW-1").output
    assert not read_switches().thrown


def test_a_name_that_nobody_knows_is_told_and_thrown_only_on_purpose(home: Path) -> None:
    why = ("--by", "duty officer", "--why", "test")
    wrong = run("off", "rule", "call_center_burst", *why)
    assert isinstance(wrong.exception, UsageError) and "call_centre_burst" in wrong.exception.fix
    run("off", "trunk", "NOPE", *why)  # no screen has run: nothing is known of trunks
    write_trunks(["IGW-1"])
    assert isinstance(run("off", "trunk", "IGW-2", *why).exception, UsageError)
    run("off", "trunk", "IGW-2", "--anyway", *why)
    run("off", "rule", "call_centre_burst", *why)
    assert [one.name for one in read_switches().thrown] == ["NOPE", "IGW-2", "call_centre_burst"]
    (home / "rules").mkdir(parents=True)
    (home / "rules" / "history.jsonl").write_text("broken\n")
    run("off", "rule", "of_an_operator", *why)  # a switch works whatever else is broken
    assert "of_an_operator" in run("switches").output


def test_who_and_why_must_be_said() -> None:
    assert run("off", "all").exit_code == 2
    assert isinstance(run("on", "all").exception, UsageError)


def test_keys_are_made_here_too() -> None:
    assert "fzs_" in run("key", "add", "probe", "--scope", "metrics", "--by", "duty officer").output


def test_both_files_are_written_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "monitoring"
    result = CliRunner().invoke(SCREEN, ["monitoring", str(folder)], catch_exceptions=False)
    assert result.stdout.split() == [str(folder / name) for name in MONITORING_FILES]
    assert json.loads((folder / "grafana-screens.json").read_text("utf-8"))["uid"] == "fanzha-screens"
    assert (folder / "prometheus-alerts.yml").read_text("utf-8").startswith("# Alert rules")


def test_a_unit_is_printed_or_written_for_systemd(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "screen.toml"
    path.write_text("[http]\nport = 1023\n")
    printed = run("install", path, "--print", "--cpus", "2,3", "--memory-max", "4G", "--run-as", "screen").output
    for line in ("CPUAffinity=2,3", "MemoryMax=4G", "User=screen", "AmbientCapabilities=CAP_NET_BIND_SERVICE"):
        assert line in printed.splitlines()
    assert f"FANZHA_HOME={home}" in printed and f"screen run {path}" in printed
    written = run("install", path, "--user", "--folder", tmp_path / "units").output
    assert "systemctl --user daemon-reload" in written
    assert "WantedBy=default.target" in (tmp_path / "units" / "fanzha-screen.service").read_text("utf-8")


def test_trunks_and_the_whole_screen_are_put_in_shadow_and_back(home: Path) -> None:
    why = ("--by", "duty officer", "--why", "roll-back")
    assert "in shadow: all" in run("shadow", "all", *why).output
    run("shadow", "trunk", "IGW-1", *why)
    switches = read_switches()
    assert switches.all_in_shadow and [one.name for one in switches.thrown] == ["", "IGW-1"]
    listed = run("switches").output
    assert "shadow all" in listed and "shadow trunk IGW-1" in listed
    run("on", "all")
    run("on", "trunk", "IGW-1")
    assert not read_switches().thrown
    assert run("shadow", "rule", "burst", *why).exit_code == 2

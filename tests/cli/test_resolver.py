"""`fanzha resolver` prints configurations from the settings, and the key only when it is asked for."""

import base64
from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.base.errors import UsageError
from fanzha.cli.resolver import COMMAND
from fanzha.store.zone_settings import load_zone_key

ZONE = '[resolver_zone]\nname = "rpz.carrier.example"\nlisten = "{}"\n'
APPEALS = '[appeals]\nhotline = "+861010000"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(
        ZONE.format("192.0.2.10:5300") + APPEALS + '[verdicts]\norganisation = "A made-up carrier"\n', "utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("with_key", [False, True])
def test_the_key_is_printed_on_demand(home: Path, with_key: bool) -> None:
    secret = base64.b64encode(load_zone_key(home)).decode()
    result = CliRunner().invoke(COMMAND, ["recursor", *(["--with-key"] if with_key else [])])
    assert result.exit_code == 0 and (secret in result.output) is with_key
    assert "192.0.2.10:5300" in result.output and '"c":["tel:+861010000"]' in result.output
    assert "A made-up carrier" in result.output


def test_another_primary_is_taken(home: Path) -> None:
    result = CliRunner().invoke(COMMAND, ["bind", "--primary", "192.0.2.11:53"])
    assert "primaries { 192.0.2.11 port 53 " in result.output


@pytest.mark.parametrize(
    ("settings", "arguments", "message"),
    [
        (APPEALS, [], "resolver_zone"),
        (ZONE.format("192.0.2.10:53"), [], "appeals"),
        (ZONE.format("0.0.0.0:53") + APPEALS, [], "--primary"),
        (ZONE.format("192.0.2.10:53") + APPEALS, ["--primary", "carrier.example"], "--primary"),
    ],
    ids=["no zone", "no contact", "every address", "no address"],
)
def test_what_is_missing_is_named(home: Path, settings: str, arguments: list[str], message: str) -> None:
    (home / "fanzha.toml").write_text(settings, "utf-8")
    result = CliRunner().invoke(COMMAND, ["bind", *arguments])
    assert isinstance(result.exception, UsageError) and message in str(result.exception)

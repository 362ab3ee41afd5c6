"""`fanzha deliver` says what is not set up, and prints the key that an app checks signatures with."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.cli.deliver import COMMAND
from fanzha.deliver.app_sender import app_public_key


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))


def test_without_a_peer_it_names_the_tables() -> None:
    result = CliRunner().invoke(COMMAND, [])
    assert "[deliver.smpp]" in str(result.exception)


def test_the_key_of_an_app_is_printed_and_stays() -> None:
    result = CliRunner().invoke(COMMAND, ["--app-key"])
    assert result.output.strip() == app_public_key() and result.output.startswith("whpk_")

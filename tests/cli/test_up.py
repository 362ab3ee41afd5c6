"""`fanzha up` tells what is wrong before anything is started."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha


def test_it_is_not_open_to_the_world_by_an_option_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    result = CliRunner().invoke(fanzha, ["up", "--host", "0.0.0.0"])
    assert isinstance(result.exception, UsageError)
    assert "put a reverse proxy with TLS in front" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_port_is_a_port() -> None:
    assert CliRunner().invoke(fanzha, ["up", "--port", "70000"]).exit_code == 2

"""The shared options reach the command as one value, with moments in UTC ms."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from fanzha.base.errors import UsageError
from fanzha.cli._input_options import InputOptions, input_options, parse_moment


def test_the_options_come_as_one_value_beside_those_of_the_command(tmp_path: Path) -> None:
    seen: list[tuple[str, InputOptions]] = []

    @click.command()
    @click.option("--other")
    @input_options
    def command(other: str, records: InputOptions) -> None:
        """Say what came."""
        seen.append((other, records))

    (tmp_path / "map.toml").write_text("")
    words = ["--other", "x", "--table", "call_ended", "--map", str(tmp_path / "map.toml"), "--lines", "7"]
    words += ["--since", "2026-03-01T00:00:00Z", "--basis", "order 1"]
    assert CliRunner().invoke(command, words).exit_code == 0
    records = InputOptions("call_ended", tmp_path / "map.toml", 1_772_323_200_000, None, "order 1", 7, accept=False)
    assert seen == [("x", records)]
    assert CliRunner().invoke(command, ["--accept"]).exit_code == 0
    assert seen[1][1] == InputOptions("", None, None, None, "", None, accept=True)
    assert "Say what came" in CliRunner().invoke(command, ["--help"]).output


def test_what_is_no_moment_is_named() -> None:
    with pytest.raises(UsageError, match="not a moment"):
        parse_moment("yesterday")

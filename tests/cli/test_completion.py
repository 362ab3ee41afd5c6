"""The printed scripts complete commands and options in bash, zsh and fish."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from fanzha.cli import fanzha
from fanzha.cli.completion import SHELLS


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_asks_the_program_itself(shell: str) -> None:
    result = CliRunner().invoke(fanzha, ["completion", shell])
    assert result.exit_code == 0
    assert f"_FANZHA_COMPLETE={shell}_complete" in result.stdout
    assert "%(" not in result.stdout


def test_another_shell_is_a_usage_error() -> None:
    assert CliRunner().invoke(fanzha, ["completion", "tcsh"]).exit_code == 2


def complete(words: str, position: int) -> str:
    """Ask as the bash script does."""
    code = "import sys; sys.argv[0] = 'fanzha'; from fanzha.cli import main; main()"
    environment = {"_FANZHA_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(position)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    ).stdout


def test_commands_and_their_options_are_completed() -> None:
    assert complete("fanzha ana", 1).split() == ["plain,analyze"]
    assert "plain,--force" in complete("fanzha analyze --fo", 2).split()


def test_the_script_for_bash_is_a_valid_script() -> None:
    script = CliRunner().invoke(fanzha, ["completion", "bash"]).stdout
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0

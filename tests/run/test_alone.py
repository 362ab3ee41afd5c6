"""One `fanzha up` a state folder; a process that died holds nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from fanzha.base.errors import WrongCall
from fanzha.run.alone import alone

_HOLDS = "import sys, pathlib\nfrom fanzha.run.alone import alone\nwith alone(pathlib.Path(sys.argv[1])):\n    {}"


def hold(folder: Path, then: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", _HOLDS.format(then), folder], capture_output=True, check=False
    ).returncode


def test_a_second_one_is_told_that_the_first_runs(tmp_path: Path) -> None:
    with alone(tmp_path / "home"), pytest.raises(WrongCall, match="runs already"), alone(tmp_path / "home"):
        raise AssertionError("both held it")
    with alone(tmp_path / "home"):
        assert hold(tmp_path / "home", "pass") != 0


def test_one_that_died_gave_it_back(tmp_path: Path) -> None:
    assert hold(tmp_path, "import os; os.kill(os.getpid(), 9)") == -9
    assert hold(tmp_path, "pass") == 0

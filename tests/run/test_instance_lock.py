"""Only one process holds the lock of a state folder; the lock of a dead process is free."""

import subprocess
import sys
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.run.instance_lock import instance_lock

_LOCK_SCRIPT = """
import pathlib, sys
from fanzha.run.instance_lock import instance_lock
with instance_lock(pathlib.Path(sys.argv[1])):
    {}
"""


def lock_in_subprocess(folder: Path, code: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", _LOCK_SCRIPT.format(code), folder], capture_output=True, check=False
    ).returncode


def test_a_second_one_is_told_that_the_first_runs(tmp_path: Path) -> None:
    with (
        instance_lock(tmp_path / "home"),
        pytest.raises(UsageError, match="runs already"),
        instance_lock(tmp_path / "home"),
    ):
        raise AssertionError("both held it")
    with instance_lock(tmp_path / "home"):
        assert lock_in_subprocess(tmp_path / "home", "pass") != 0


def test_one_that_died_gave_it_back(tmp_path: Path) -> None:
    assert lock_in_subprocess(tmp_path, "import os; os.kill(os.getpid(), 9)") == -9
    assert lock_in_subprocess(tmp_path, "pass") == 0

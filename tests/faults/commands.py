"""Run commands of Fanzha as an operator does, and check that a failure is told in words."""

import os
import subprocess
import sys
from pathlib import Path

from tests.run.running_site import TOP


def fanzha(
    home: Path, *arguments: str | Path, timeout: float = 240, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command on a state folder."""
    inherited = {name: value for name, value in os.environ.items() if name != "FANZHA_DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", "fanzha", *map(str, arguments)],
        env={**inherited, "FANZHA_HOME": str(home), "OMP_NUM_THREADS": "1", **environment},
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def check_told(done: subprocess.CompletedProcess[str], *words: str, code: int = 1) -> None:
    """Check that a command failed with a message that has these words, and without a traceback."""
    assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def check_done(done: subprocess.CompletedProcess[str]) -> str:
    """Check that a command succeeded; return its output."""
    assert done.returncode == 0, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def leftovers(folder: Path) -> list[Path]:
    """Return the temporary files in a folder and below."""
    return [path for path in folder.rglob("*") if path.name.endswith(".part") or ".part" in path.suffixes]

"""A package from outside brings a kind and a detector by entry points alone, and is held to the same generic tests."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Search path on which the package is installed: its own source, and the metadata that its pyproject asks for."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]
    info = tmp_path / "meeting_fraud-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    groups = project["entry-points"].items()
    lines = [line for group, points in groups for line in (f"[{group}]", *(f"{k} = {v}" for k, v in points.items()))]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return os.pathsep.join([str(HERE / "src"), str(tmp_path)])


def run(path: str, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, *command], cwd=TOP, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_command_line_lists_what_came_from_outside(path: str) -> None:
    assert "meeting_number" in run(path, "-m", "fanzha", "kinds")
    assert "screen_sharing" in run(path, "-m", "fanzha", "detectors", "--json")


def test_the_detector_from_outside_passes_the_generic_test(path: str) -> None:
    out = run(path, "-m", "pytest", "-q", "-k", "screen_sharing", "tests/detect/test_examples.py")
    assert "5 passed" in out


def test_without_the_package_nothing_of_it_is_there() -> None:
    assert "meeting_number" not in run("", "-m", "fanzha", "kinds")

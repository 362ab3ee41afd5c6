"""The worked example of CONTRIBUTING.md is a plug-in that runs, taken from the page and tested."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The page's detector and its test, laid down as a package from outside would be."""
    detector, test = re.findall(r"^```python\n(.*?)^```", (TOP / "CONTRIBUTING.md").read_text("utf-8"), re.M | re.S)
    (tmp_path / "code_request.py").write_text(detector, "utf-8")
    (tmp_path / "test_code_request.py").write_text(test, "utf-8")
    info = tmp_path / "code_request-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: code-request\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[fanzha.detect]\ncode_request = code_request:DETECTOR\n")
    return tmp_path


def run(folder: Path, *command: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=TOP,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_detector_of_the_page_passes_its_own_examples(installed: Path) -> None:
    out = run(installed, "pytest", "-q", "-k", "code_request", TOP / "tests" / "detect" / "test_examples.py")
    assert re.search(r"6 passed", out), out


def test_the_test_of_the_page_passes(installed: Path) -> None:
    assert "3 passed" in run(installed, "pytest", "-q", "--rootdir", TOP, "-c", TOP / "pyproject.toml", installed)


def test_the_code_of_the_page_keeps_the_house_style(installed: Path) -> None:
    settings = ("--config", TOP / "pyproject.toml", "--no-cache")
    run(installed, "ruff", "check", *settings, installed)
    run(installed, "ruff", "format", "--check", *settings, installed)

"""The worked example of CONTRIBUTING.md is a plug-in that runs, taken from the page and tested."""

import re
from pathlib import Path

import pytest
from tests.worked_examples import TOP, check_style, lay_down, run, run_its_tests


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return lay_down(TOP / "CONTRIBUTING.md", tmp_path, "silent_calls", "fanzha.detect", "DETECTOR")


def test_the_detector_of_the_page_passes_its_own_examples(installed: Path) -> None:
    out = run(installed, "pytest", "-q", "-k", "silent-calls", TOP / "tests" / "detect" / "test_examples.py")
    assert re.search(r"5 passed", out), out


def test_the_test_of_the_page_passes(installed: Path) -> None:
    assert "2 passed" in run_its_tests(installed)


def test_the_code_of_the_page_keeps_the_house_style(installed: Path) -> None:
    check_style(installed)

"""The worked example of write-a-batch-detector.md is a plug-in that runs, taken from the page and tested."""

import re
from pathlib import Path

import pytest
from tests.worked_examples import TOP, check_style, lay_down, run, run_its_tests

PAGE = TOP / "docs" / "how-to" / "write-a-batch-detector.md"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return lay_down(PAGE, tmp_path, "code_request", "fanzha.detect", "DETECTOR")


def test_the_detector_of_the_page_passes_its_own_examples(installed: Path) -> None:
    out = run(installed, "pytest", "-q", "-k", "code_request", TOP / "tests" / "detect" / "test_examples.py")
    assert re.search(r"5 passed", out), out


def test_the_test_of_the_page_passes(installed: Path) -> None:
    assert "3 passed" in run_its_tests(installed)


def test_the_code_of_the_page_keeps_the_house_style(installed: Path) -> None:
    check_style(installed)

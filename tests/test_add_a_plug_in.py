"""The package of add-a-plug-in.md is a plug-in that runs, taken from the page and tested."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.worked_examples import TOP, check_style, lay_down, run, run_its_tests

PAGE = TOP / "docs" / "how-to" / "add-a-plug-in.md"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    return lay_down(PAGE, tmp_path, "early_hang_up", "fanzha.detect", "DETECTOR")


def test_the_project_file_of_the_page_names_the_detector() -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert tomllib.loads(text)["project"]["entry-points"] == {
        "fanzha.detect": {"early_hang_up": "early_hang_up:DETECTOR"}
    }


def test_the_detector_of_the_page_is_listed(installed: Path) -> None:
    assert "early-hang-up" in run(installed, "fanzha", "detectors", "--json")


def test_the_test_of_the_page_passes(installed: Path) -> None:
    assert "2 passed" in run_its_tests(installed)


def test_an_example_with_a_call_less_fails_with_the_message_of_the_page(installed: Path) -> None:
    module = installed / "early_hang_up.py"
    module.write_text(module.read_text("utf-8").replace('31", 20, every', '31", 19, every'), "utf-8")
    (installed / "failing.py").write_text(
        "from early_hang_up import DETECTOR\nfrom fanzha.detect.testing import check_examples\n"
        "try:\n    check_examples(DETECTOR)\nexcept AssertionError as error:\n    print(error)\n"
    )
    message = run(installed, "failing").strip()
    assert message.startswith("early-hang-up, example")
    assert message in PAGE.read_text("utf-8")


def test_the_code_of_the_page_keeps_the_house_style(installed: Path) -> None:
    check_style(installed)

"""A faulty detector of an outside package is an operator error that names the package, the fault and what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.worked_examples import TOP, lay_down

from fanzha.base.plugins import PluginError
from fanzha.detect import all_detectors


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package of CONTRIBUTING.md, installed in a folder."""
    return lay_down(TOP / "CONTRIBUTING.md", tmp_path, "silent_calls", "fanzha.detect", "DETECTOR")


@pytest.mark.parametrize(
    ("written", "faulty", "message"),
    [
        (
            "DETECTOR = SilentCallsDetector()",
            "DETECTOR = SilentCallsDetector",
            "SilentCallsDetector is a class, not an object",
        ),
        ("DETECTOR = SilentCallsDetector()", "", "the module silent_calls does not define DETECTOR"),
        ("    tells = ", "    other = ", "SilentCallsDetector lacks `tells`"),
        ("    examples = ", "    other = ", "SilentCallsDetector lacks `examples`"),
        ("    text = TEXT", "    law = ()", "has no attribute 'text'"),
        ("    text = TEXT", '    text = TEXT\n    tells = ""', "`tells` must be a Words"),
        ("as subscriber_fraud", "as subscriber_fruad", "line 7 of `text`: R312 there is no fraud type"),
        ("where answered", "where answred", "line 5 of `text`: R302 call_ended has no field answred"),
        ("talk_ms < 3 s", "talk_ms < 3", "line 5 of `text`: R40"),
        ("  on call_ended", "  onn call_ended", "the module silent_calls cannot be imported"),
        ("rule silent_calls", "rule wangiri", "the name 'wangiri' is already that of plug-in fanzha.detect.wangiri"),
    ],
)
def test_a_fault_is_named_with_its_package(
    package: Path, monkeypatch: pytest.MonkeyPatch, written: str, faulty: str, message: str
) -> None:
    module = package / "silent_calls.py"
    text = module.read_text("utf-8")
    if faulty.endswith('tells = ""'):
        text = text.replace("    tells = Words(", "    words = Words(")
    assert written in text
    module.write_text(text.replace(written, faulty), "utf-8")
    monkeypatch.syspath_prepend(package)
    monkeypatch.delitem(sys.modules, "silent_calls", raising=False)
    with pytest.raises(PluginError) as error:
        all_detectors.__wrapped__()
    monkeypatch.delitem(sys.modules, "silent_calls", raising=False)
    assert "plug-in silent_calls (silent_calls:DETECTOR) of the package silent-calls 1" in str(error.value)
    assert message in str(error.value)
    assert "pip uninstall silent-calls" in str(error.value)


@pytest.mark.parametrize("attribute", ["title", "tells", "law", "examples", "reads", "version"])
def test_an_attribute_that_a_detector_in_python_lacks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attribute: str
) -> None:
    page = TOP / "docs" / "how-to" / "write-a-batch-detector.md"
    lay_down(page, tmp_path, "code_request", "fanzha.detect", "DETECTOR")
    with (tmp_path / "code_request.py").open("a", encoding="utf-8") as module:
        module.write(f"\ndel CodeRequestDetector.{attribute}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "code_request", raising=False)
    with pytest.raises(PluginError, match=f"CodeRequestDetector lacks `{attribute}`"):
        all_detectors.__wrapped__()
    monkeypatch.delitem(sys.modules, "code_request", raising=False)


def test_an_unknown_event_table_is_named(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (package / "silent_calls.py").open("a", encoding="utf-8") as module:
        module.write('SilentCallsDetector.reads = ("call_endd",)\n')
    monkeypatch.syspath_prepend(package)
    monkeypatch.delitem(sys.modules, "silent_calls", raising=False)
    with pytest.raises(PluginError, match="there is no event table call_endd"):
        all_detectors.__wrapped__()
    monkeypatch.delitem(sys.modules, "silent_calls", raising=False)


def test_the_command_line_prints_the_fault_without_a_traceback_and_ends_with_2(package: Path) -> None:
    (package / "silent_calls.py").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "fanzha", "detectors"],
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("fanzha: plug-in silent_calls (silent_calls:DETECTOR) of the package silent-calls 1")
    assert "Traceback" not in done.stderr

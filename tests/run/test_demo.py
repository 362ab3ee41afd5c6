"""The demo's check fails for an incomplete run; detectors that found nothing are named."""

from pathlib import Path

import pyarrow as pa
import pytest

from fanzha.analyze.pipeline import Options, analyze
from fanzha.analyze.summary import Summary
from fanzha.base.clock import moment_ms
from fanzha.base.errors import FanzhaError
from fanzha.run.demo import SIMULATION, DemoFailed, check_results, count_unexplained, latest_start, silent_detectors


class SilentWatcher:
    """Ignores progress."""

    def stage(self, words: str, total: int | None) -> None:
        """Nothing is shown."""

    def advance(self, steps: int = 1) -> None:
        """Nothing is shown."""


@pytest.fixture
def small_run(tmp_path: Path) -> Summary:
    """A run over a single look-alike site, in which most detectors find nothing."""
    (tmp_path / "sites.txt").write_text("icbc-verify.example\n", "utf-8")
    return analyze(Options((tmp_path / "sites.txt",), tmp_path / "out"), SilentWatcher())


def test_a_detector_that_found_nothing_is_named(small_run: Summary) -> None:
    assert "gateway-guard" in silent_detectors(small_run)
    assert "lookalike-website" not in silent_detectors(small_run)


def test_a_detector_that_found_nothing_is_no_failure(small_run: Summary) -> None:
    assert "findings.parquet holds every finding once" in check_results(small_run)


def test_a_report_that_loads_something_is_not_self_contained(small_run: Summary) -> None:
    report = Path(small_run.out) / "report.html"
    report.write_text(report.read_text("utf-8") + '<img src="//example.org/a.gif">', "utf-8")
    with pytest.raises(DemoFailed, match=r"report\.html is one self-contained file"):
        check_results(small_run)


def test_a_failed_demo_is_a_defect_not_a_usage_error() -> None:
    assert issubclass(DemoFailed, FanzhaError)
    assert DemoFailed.exit_code == 1


def test_the_simulated_village_is_of_no_seed_that_figures_are_quoted_of() -> None:
    assert SIMULATION.seed < 1_000
    assert SIMULATION.attackers == (0,)  # those who hide are scored, not shown


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-03-04T00:00:00+08:00", "2026-03-02T00:00:00+08:00"),
        ("2026-03-04T23:59:59+08:00", "2026-03-02T00:00:00+08:00"),
        ("2026-03-09T12:00:00+08:00", "2026-03-06T00:00:00+08:00"),
        ("2026-03-09T00:30:00+14:00", "2026-03-06T00:00:00+08:00"),
    ],
    ids=["at midnight", "late in the evening", "on a Monday: not on a Saturday", "for whom it is a day later"],
)
def test_the_simulated_days_have_just_passed(now: str, start: str) -> None:
    assert latest_start(moment_ms(now)) == moment_ms(start)


@pytest.mark.parametrize(
    ("zh", "en", "count"),
    [
        ([["一"]], [["one"]], 0),
        ([[]], [[]], 1),
        ([["一"]], [[]], 1),
        ([["一", "二"]], [["one"]], 1),
        ([None], [None], 1),
    ],
)
def test_a_finding_without_a_reason_in_either_language_is_counted(
    zh: list[list[str]], en: list[list[str]], count: int
) -> None:
    reasons = pa.list_(pa.string())
    assert (
        count_unexplained(pa.table({"reasons_zh": pa.array(zh, reasons), "reasons_en": pa.array(en, reasons)})) == count
    )

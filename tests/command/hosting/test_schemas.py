"""A coverage is presented as it was counted."""

from fanzha.command.hosting.schemas import CoverageOut
from fanzha.command.hosting.selectors import LookCoverage


def test_a_coverage_is_presented() -> None:
    coverage = LookCoverage(total=8, current=3, due=4, never=1, faulty=2, gone=1)
    assert CoverageOut.of(coverage).model_dump() == coverage._asdict() and coverage.share == 37

"""The terminal shows recall where texts below the threshold were drawn, and a dash for a stratum without marks."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from fanzha.cli._sample_output import print_review
from fanzha.learn.sample_review import Agreement, ReviewResult, ShareEstimate, StratumShare


def test_recall_stands_with_its_bounds() -> None:
    agreement = Agreement(100, 100, None, None, None, {"fraud": {"fraud": 100}})
    share = ShareEstimate(0.9, 0.8, 0.95, 80, 400)
    strata = [StratumShare({"detector": "fraud-text"}, 400, 80, 72, 0.8, 0.95), StratumShare({}, 5, 0, 0, 0, 1)]
    result = ReviewResult("fraud", ["A", "B"], agreement, 0, 3, share, share, 0.5, 0.4, 0.6, strata)
    out = StringIO()
    print_review(Console(file=out, width=120), result, Path("sample"))
    assert "recall: 50.0% (40.0%–60.0%)" in out.getvalue() and "kappa –" in out.getvalue()
    assert "90.0% (80.0%–95.0%)" in out.getvalue() and "unclear 3" in out.getvalue()

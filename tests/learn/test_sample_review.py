"""Shares are stated once every difference is settled; strata weigh by their size."""

import pytest

from fanzha.learn.sample_review import BELOW, Sample, SampledItem, SampledStratum, name_item, summarize_review

SAMPLE = Sample(
    version="1",
    seed=1,
    marks=["fraud", "innocent"],
    strata=[
        SampledStratum({"detector": "a"}, 90, 2),
        SampledStratum({"detector": "b"}, 10, 1),
        SampledStratum({BELOW: "x"}, 50, 1),
    ],
    items=[SampledItem(f"m{number}", str(number), stratum) for number, stratum in enumerate((0, 0, 1, 2))],
)
FIRST = {"m0": "fraud", "m1": "innocent", "m2": "fraud", "m3": "innocent"}


def test_differences_leave_the_shares_open_until_a_third_mark_settles_them() -> None:
    second = FIRST | {"m1": "unclear"}
    waiting = summarize_review(SAMPLE, FIRST, second, {}, ["A", "B"])
    assert (waiting.differing, waiting.agreement.agreed, waiting.share, waiting.strata) == (1, 3, None, [])
    settled = summarize_review(SAMPLE, FIRST, second, {"m1": "unclear"}, ["A", "B", "C"])
    assert settled.share is not None and settled.share.value == pytest.approx(0.9 * 0.5 + 0.1)
    assert settled.below is not None and settled.below.value == 0 and settled.unclear == 1
    assert settled.recall == 1 and (settled.recall_low or 1) < 0.9
    assert [(row.marked, row.counted) for row in settled.strata] == [(2, 1), (1, 1), (1, 0)]


def test_an_item_is_named_by_seed_and_reference_and_begins_with_a_letter() -> None:
    assert name_item(1, "7") == name_item(1, "7") != name_item(2, "7") and name_item(1, "7").startswith("m")

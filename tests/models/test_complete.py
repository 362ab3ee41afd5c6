"""A filled-in profile has no gaps, and where a stretch was absent nobody can tell it from an ordinary one."""

import numpy as np

from fanzha.models._complete import completed, ordinary, whole
from fanzha.models._profile_features import PROFILE

NAMES = [column.name for column in PROFILE]


def profile() -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    values = np.arange(5 * len(NAMES), dtype=np.float64).reshape(5, -1)
    values[1, NAMES.index("bill_cny_mean") :] = np.nan  # no bills
    values[1, NAMES.index("bill_cny")] = 0  # the sum of no bills, which would give it away
    values[2, NAMES.index("bill_skew")] = np.nan  # bills of two months have no skewness
    values[3, : NAMES.index("texts")] = np.nan  # no calls
    return values


def test_rows_are_whole_when_every_stretch_is_there() -> None:
    assert whole(profile()).tolist() == [True, False, True, False, True]


def test_absent_stretches_become_ordinary_and_single_gaps_nothing() -> None:
    values = profile()
    usual = ordinary(values)
    out = completed(values, usual)
    bills = slice(NAMES.index("bill_cny_mean"), None)
    assert not np.isnan(out).any()
    assert (out[1, bills] == usual[bills]).all()
    assert out[2, NAMES.index("bill_skew")] == 0
    assert (out[3, : NAMES.index("texts")] == usual[: NAMES.index("texts")]).all()
    assert (out[0] == values[0]).all() and (out[4] == values[4]).all()


def test_ordinary_is_the_median_of_whole_rows() -> None:
    assert ordinary(profile())[0] == np.median(profile()[[0, 2, 4], 0])

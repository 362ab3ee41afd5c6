"""One node decides as LightGBM's does, for every sort of missing value."""

import numpy as np
import pytest

from fanzha.learn.tree_walk import MISSING_GOES_LEFT, TREATS_NAN_AS_MISSING, TREATS_ZERO_AS_MISSING, goes_left

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "threshold", "missing_flags", "expected"),
    [
        (1.0, 1.0, 0, True),
        (np.nextafter(1.0, 2), 1.0, 0, False),
        (NAN, 0.5, 0, True),  # without a missing_flags not-a-number counts as zero
        (NAN, -0.5, 0, False),
        (NAN, -0.5, TREATS_NAN_AS_MISSING | MISSING_GOES_LEFT, True),
        (NAN, 0.5, TREATS_NAN_AS_MISSING, False),
        (0.0, 0.5, TREATS_NAN_AS_MISSING, True),
        (0.0, 0.5, TREATS_ZERO_AS_MISSING, False),
        (-1e-35, 0.5, TREATS_ZERO_AS_MISSING, False),
        (2e-35, 0.5, TREATS_ZERO_AS_MISSING, True),
        (NAN, -0.5, TREATS_ZERO_AS_MISSING | MISSING_GOES_LEFT, True),
    ],
)
def test_node_sends_a_value_where_lightgbm_sends_it(
    value: float, threshold: float, missing_flags: int, expected: bool
) -> None:
    assert goes_left(value, threshold, missing_flags) == expected

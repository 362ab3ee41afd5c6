"""Shares are said in whole percent, and nothing is called all that is not all."""

import pytest

from fanzha.command.dashboards.formats import percent


@pytest.mark.parametrize(("share", "text"), [(None, "–"), (0.0, "0%"), (0.666, "67%"), (0.999, "99%"), (1.0, "100%")])
def test_a_share_in_percent(share: float | None, text: str) -> None:
    assert percent(share) == text

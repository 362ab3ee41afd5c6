"""Reporters of one network share a rate."""

import pytest

from fanzha.command.reports.request_rates import is_over_rate
from fanzha.command.web.request_rates import RequestRate


@pytest.mark.usefixtures("home")
def test_addresses_of_one_network_share_a_rate() -> None:
    rate = RequestRate("tests", 2, 60.0)
    assert [is_over_rate(rate, f"192.0.2.{last}") for last in (1, 2, 3)] == [False, False, True]

"""Tests of signing in: the codes of an app hold on while the clock goes on."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def codes_of_the_period_before_do(settings: Settings) -> None:
    """Take a code of the 30 s before, too: a test may read it at their end and use it after."""
    settings.MFA_TOTP_TOLERANCE = 1

"""Refusals are read in English here, whatever language a request before spoke."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Speak English."""
    with override("en"):
        yield

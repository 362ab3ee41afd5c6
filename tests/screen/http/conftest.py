"""A screen of real parts for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.screen.http.asking import Screen


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """A screen over the made-up snapshot of asking.py."""
    made = Screen(tmp_path)
    yield made
    made.log.close(0)

"""Each test of detection rules has a state folder of its own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_home(home: Path) -> Path:
    return home

"""State folders for the tests of exports that depend on what the operator says: one a test."""

from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test alone."""
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path

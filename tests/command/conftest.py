"""Tests of the site: a world of made-up organisations, in English, with nothing kept from the test before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils.translation import override
from tests.command.people import World, make_world


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Speak English, whatever language a request before spoke."""
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Let no test see what another one's pages kept for some minutes."""
    cache.clear()


@pytest.fixture
def world(db: None) -> World:
    """Organisations of every kind."""
    return make_world()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test alone."""
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path

"""A screen of real parts for each test, and the two loops it may run on."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvloop
from tests.screen.http.client import Screen
from tests.screen.http.running_server import Running


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """A screen over the made-up snapshot of asking.py."""
    screen = Screen(tmp_path)
    yield screen
    screen.log.close(0)


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Running:
    """What runs a coroutine on a loop of its own."""
    return uvloop.run if request.param == "uvloop" else asyncio.run

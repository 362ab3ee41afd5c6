"""What the tests of tracebacks share: three linked operators with one call in the records of each."""

from pathlib import Path

import pytest
from tests.command.call_traceback.chain_made import Wire, make_chain, make_wire
from tests.command.people import World


@pytest.fixture
def wire(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """A chain whose messages go to the API of the same site."""
    make_chain(world, home)
    return make_wire(monkeypatch)

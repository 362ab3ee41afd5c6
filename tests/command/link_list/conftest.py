"""Each test has a state folder whose list is closed at its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.command.link_list.served_list import close_served
from fanzha.command.web.request_rates import counter


@pytest.fixture(autouse=True)
def closed_list(home: Path) -> Iterator[None]:
    """Close the file that this process serves."""
    counter.clear()
    yield
    close_served()

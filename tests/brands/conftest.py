"""One matcher for all tests of the room: building it compiles the kernels."""

import pytest

from fanzha.brands.match import Matcher


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    return Matcher()

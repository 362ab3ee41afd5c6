"""The database is brought up to date by one at a time: of several that start at once, all find it ready."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.run.running_site import environment, held

MIGRATE = [sys.executable, "-m", "fanzha.run.part", "migrate"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_three_at_once_make_the_tables_once(kind: str, tmp_path: Path, new_database: Callable[[], str]) -> None:
    """On PostgreSQL each has a state folder of its own, as on three machines."""
    url = new_database() if kind == "postgresql" else ""
    homes = [tmp_path / (str(number) if url else "home") for number in range(3)]
    started = [subprocess.Popen(MIGRATE, env=environment(home, url), stderr=subprocess.PIPE) for home in homes]
    told = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], told
    applied = held(homes[0], url)["django_migrations"]
    assert len({row.split(",", 1)[1].rpartition(", datetime")[0] for row in applied}) == len(applied) > 5

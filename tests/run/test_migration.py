"""Processes that migrate at the same time wait for each other."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.run.running_site import environment, read_tables

MIGRATE = [sys.executable, "-m", "fanzha.run.component", "migrate"]


@pytest.mark.field
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_three_at_once_make_the_tables_once(kind: str, tmp_path: Path, new_database: Callable[[], str]) -> None:
    """On PostgreSQL each process has its own state folder, as on three machines."""
    url = new_database() if kind == "postgresql" else ""
    homes = [tmp_path / (str(number) if url else "home") for number in range(3)]
    processes = [subprocess.Popen(MIGRATE, env=environment(home, url), stderr=subprocess.PIPE) for home in homes]
    errors = [process.communicate(timeout=600)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    applied = read_tables(homes[0], url)["django_migrations"]
    assert len({row.split(",", 1)[1].rpartition(", datetime")[0] for row in applied}) == len(applied) > 5

"""A tailer that is killed twenty times while its logs fail, withhold and fork sees each entry once, or counts it."""

import json
from pathlib import Path

import pytest
from tests.run.running_site import run_module

pytestmark = pytest.mark.field
KILLS, ENTRIES = 20, 8_000


def test_gaps_are_what_was_withheld_and_nothing_counts_twice(tmp_path: Path) -> None:
    done = run_module(tmp_path, "tests.killed_tailers", str(KILLS), str(ENTRIES), timeout=600)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == KILLS
    assert found["gaps"] == found["withheld"]
    assert found["sums"] == found["sizes"] == [ENTRIES // 2, ENTRIES // 2]
    assert found["names"] == found["names_given"], "a name was lost or counted twice"
    assert found["new_names"] == found["different_names_given"]
    assert found["candidates"] == found["planted"] and found["planted"]
    assert found["forks"] == 2

"""kill -9 in steps, orders, notices, reports, warnings and imports: nothing is lost or done twice, the log is valid.

`make faults` does it three times, `make kills` a hundred times at moments drawn anew.
FANZHA_KILLS and FANZHA_KILLS_SEED choose others.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.killed_deliveries import kill_the_sender
from tests.killed_orders import KINDS
from tests.run.running_site import migrate_site, run_module

KILLS = int(os.environ.get("FANZHA_KILLS", "3"))
SEED = int(os.environ.get("FANZHA_KILLS_SEED", "1"))
#: Steps of notices and appeals whose names stand in the ledger.
_STEPS = ("approve", "uphold", "reject", "appeal_to_regulator", "regulator_rejects", "withdraw_appeal", "report_lifted")
SECONDS = 120 + 30 * KILLS  # on a machine that is busy with other work

#: `make faults` has the databases in a file, `make test-postgres` those of a server.
DATABASES = pytest.mark.parametrize(
    "kind", [pytest.param("sqlite", marks=pytest.mark.faults), pytest.param("postgresql", marks=pytest.mark.postgres)]
)


@DATABASES
def test_orders_go_on_where_they_were(kind: str, tmp_path: Path, new_database: Callable[[], str]) -> None:
    url = new_database() if kind == "postgresql" else ""
    migrate_site(tmp_path, url)
    done = run_module(tmp_path, "tests.killed_orders", str(KILLS), str(SEED), url=url, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == KILLS
    steps = Counter(found["steps"])
    lost = Counter(found["ledger"]) - steps
    assert not lost, "what was told as done is not on record"
    assert found["instances"] == len(found["orders"])
    for number, order in enumerate(found["orders"]):
        assert order["numbers"] == list(range(1, len(order["numbers"]) + 1))
        assert order == found["orders"][number % KINDS], f"order {number} is not like one that nobody disturbed"
    decisions = Counter(map(tuple, found["decisions"]))
    assert set(decisions.values()) == {1}, "each decision was published once and withdrawn once"
    assert found["entries"] == steps.total() + decisions.total(), "each step stands once in the log"
    assert found["faults"] == []


@DATABASES
def test_each_limit_has_one_notice_and_each_appeal_one_end(
    kind: str, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    url = new_database() if kind == "postgresql" else ""
    migrate_site(tmp_path, url)
    done = run_module(tmp_path, "tests.killed_notices", str(KILLS), str(SEED), url=url, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == KILLS
    limits = found["limits"]
    counts = {len(limits), found["expected"], found["codes"], found["printed"]}
    assert len(counts) == 1, "a limit has one notice, printed once"
    for number, limit in enumerate(limits):
        assert limit == limits[number % KINDS], f"limit {number} is not like one that nobody disturbed"
        assert len(limit["appeals"]) == len(limit["told"]) == 1
    assert found["attempts"][0] == found["attempts"][1], "each attempt stands once in the log"
    steps, told = Counter(found["steps"]), Counter(found["ledger"])
    lost = [line for line in told if line.split()[1] in _STEPS and line not in steps]
    assert not lost and set(steps.values()) == {1}, "what was told as done is on record, once"
    assert found["faults"] == []


@DATABASES
def test_a_report_whose_receipt_was_given_is_stored(kind: str, tmp_path: Path, new_database: Callable[[], str]) -> None:
    url = new_database() if kind == "postgresql" else ""
    migrate_site(tmp_path, url)
    done = run_module(tmp_path, "tests.killed_intake", str(KILLS), str(SEED), url=url, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == KILLS and found["lost"] == []
    assert found["sent"] == found["given"] == found["reports"] == found["values"], "each form is stored once"
    assert found["processes"][0] == found["processes"][1], "a process was opened twice or lost"
    assert "waiting" not in found["states"] and found["logged"] == [found["reports"], found["processes"][1]]
    assert found["faults"] == []


@pytest.mark.faults
@pytest.mark.usefixtures("socket_enabled")
def test_each_warning_leaves_once_or_is_unknown(tmp_path: Path) -> None:
    found = asyncio.run(kill_the_sender(tmp_path, KILLS, Random(SEED)))
    assert len(found.outcomes) == found.sent, "a warning has one outcome"
    assert max(Counter(found.received).values()) == 1, "a warning was sent twice"
    received = set(found.received)
    assert {key for key, kind in found.outcomes.items() if kind == "sent"} <= received
    assert set(found.outcomes) - received <= {key for key, kind in found.outcomes.items() if kind == "unknown"}
    assert set(found.outcomes.values()) <= {"sent", "unknown"}


@pytest.mark.faults
@pytest.mark.usefixtures("socket_enabled")
def test_a_log_is_read_once_or_counted_as_not_seen(tmp_path: Path) -> None:
    entries = 300 * KILLS
    done = run_module(tmp_path, "tests.killed_tailers", str(KILLS), str(entries), str(SEED), timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == KILLS and found["forks"] == 2
    assert found["gaps"] == found["withheld"] and found["sums"] == found["sizes"] == [entries // 2, entries // 2]
    assert found["names"] == found["names_given"] and found["new_names"] == found["different_names_given"]
    assert found["candidates"] == found["planted"]


@DATABASES
def test_an_import_comes_to_the_same_as_one_that_nobody_disturbed(
    kind: str, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    at = int(time.time()) * 1_000
    results: list[dict[str, Any]] = []
    for name, kills in (("killed", KILLS), ("undisturbed", 0)):
        url = new_database() if kind == "postgresql" else ""
        files = results[0].pop("files") if results else 0
        migrate_site(tmp_path / name, url)
        numbers = map(str, (kills, files, SEED, at))
        done = run_module(tmp_path / name, "tests.killed_imports", *numbers, url=url, timeout=SECONDS)
        assert done.returncode == 0, done.stderr
        results.append(json.loads(done.stdout))
    killed, undisturbed = results
    assert (killed.pop("kills"), undisturbed.pop("kills")) == (KILLS, 0)
    undisturbed.pop("files")
    for part, expected in undisturbed.items():
        assert killed[part] == expected, f"{part} is not like that of an import that nobody disturbed"
    assert killed["faults"] == killed["left"] == [] and killed["states"] == ["done"]
    assert killed["logged"][0] == len(killed["findings"]), "each finding stands once in the log"
    assert killed["unpublished"] == 0 < killed["served"]

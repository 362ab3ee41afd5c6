"""The same rule by hand in other tools: 30 answered calls to 25 callees within the hour, talk under 20 s on average.

Each takes answered calls alone (who is not answered is sorted out before), moments rising without ties, and returns
the (moment, caller) at which the rule fires.
"""

import datetime
import os
import shutil
import subprocess
from collections import deque
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Firings = set[tuple[int, int]]
HOUR_MS = 3_600_000
CALLS, CALLEES, TALK_MS = 30, 25, 20_000


class Stream(NamedTuple):
    """Answered calls in order; moments and talk in ms."""

    moments: NDArray[np.int64]
    callers: NDArray[np.int64]
    callees: NDArray[np.int64]
    talk: NDArray[np.int64]

    def head(self, count: int) -> "Stream":
        """Return the first calls."""
        return Stream(*(column[:count] for column in self))

    def rows(self) -> list[tuple[int, int, int, int]]:
        """Return the calls as Python objects."""
        return list(zip(*(column.tolist() for column in self), strict=True))


class Hour:
    """The last hour of one caller in plain Python."""

    __slots__ = ("callees", "calls", "talk")

    def __init__(self) -> None:
        self.calls: deque[tuple[int, int, int]] = deque()
        self.callees: dict[int, int] = {}
        self.talk = 0

    def add(self, moment: int, callee: int, talk: int) -> bool:
        """Take a call in; return whether the rule fires."""
        self.calls.append((moment, callee, talk))
        self.callees[callee] = self.callees.get(callee, 0) + 1
        self.talk += talk
        while self.calls[0][0] <= moment - HOUR_MS:
            _, old, talk = self.calls.popleft()
            self.talk -= talk
            if self.callees[old] == 1:
                del self.callees[old]
            else:
                self.callees[old] -= 1
        count = len(self.calls)
        return count >= CALLS and len(self.callees) >= CALLEES and self.talk / count < TALK_MS


def plain_python(stream: Stream) -> Firings:
    """Deques and dictionaries."""
    hours: dict[int, Hour] = {}
    return {
        (moment, caller)
        for moment, caller, callee, talk in stream.rows()
        if hours.setdefault(caller, Hour()).add(moment, callee, talk)
    }


def duckdb_sql(stream: Stream) -> Firings:
    """One SQL window, one thread."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as database:
        database.register("calls", pa.table(dict(zip(("t", "a", "b", "d"), stream, strict=True))))
        return set(
            database.execute(f"""SELECT t, a FROM (
                SELECT t, a, count(*) OVER w AS n, count(DISTINCT b) OVER w AS u, avg(d) OVER w AS m FROM calls
                WINDOW w AS (PARTITION BY a ORDER BY t RANGE BETWEEN {HOUR_MS - 1} PRECEDING AND CURRENT ROW))
                WHERE n >= {CALLS} AND u >= {CALLEES} AND m < {TALK_MS}""").fetchall()
        )


def polars_rolling(stream: Stream) -> Firings:
    """A rolling group by, one thread."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    import polars

    column: Any = polars.col
    frame = polars.DataFrame(dict(zip(("t", "a", "b", "d"), stream, strict=True)))
    rolled = frame.rolling("t", period=f"{HOUR_MS}i", group_by="a", closed="right").agg(
        n=polars.len(), u=column("b").n_unique(), m=column("d").mean()
    )
    found = rolled.filter((column("n") >= CALLS) & (column("u") >= CALLEES) & (column("m") < TALK_MS))
    return {(moment, caller) for moment, caller in found.select("t", "a").rows()}


def bytewax_stateful_map(stream: Stream) -> Firings:
    """A keyed stateful map around the window in plain Python, batches of 500."""
    import bytewax.operators as operators
    from bytewax.dataflow import Dataflow
    from bytewax.testing import TestingSink, TestingSource, run_main

    def step(hour: Hour | None, call: tuple[int, int, int, int]) -> tuple[Hour, tuple[int, int] | None]:
        known = hour or Hour()
        moment, caller, callee, talk = call
        return known, (moment, caller) if known.add(moment, callee, talk) else None

    found: list[tuple[str, tuple[int, int] | None]] = []
    flow = Dataflow("calls")
    read = operators.input("in", flow, TestingSource(stream.rows(), batch_size=500))
    keyed = operators.key_on("key", read, lambda call: str(call[1]))
    judged = operators.stateful_map("window", keyed, step)
    operators.output("out", operators.filter("fires", judged, lambda one: one[1] is not None), TestingSink(found))
    run_main(flow)
    return {fired for _, fired in found if fired is not None}


def river_time_rolling(stream: Stream) -> Firings:
    """A rolling mean; River can take back no distinct count, so calls and callees are counted in plain Python."""
    from river import stats, utils

    began, hour = datetime.datetime(2026, 1, 1), datetime.timedelta(hours=1)
    hours: dict[int, Hour] = {}
    means: dict[int, Any] = {}
    found: Firings = set()
    for moment, caller, callee, talk in stream.rows():
        mean = means.setdefault(caller, utils.TimeRolling(stats.Mean(), period=hour))
        mean.update(talk, t=began + datetime.timedelta(milliseconds=moment))
        counted = hours.setdefault(caller, Hour())
        counted.add(moment, callee, talk)
        if len(counted.calls) >= CALLS and len(counted.callees) >= CALLEES and mean.get() < TALK_MS:
            found.add((moment, caller))
    return found


def json_rules_engine(stream: Stream) -> Firings:
    """A rule in JSON decided by Node; windows by hand, in another process whose CPU time counts."""
    lines = "".join(f"{moment},{caller},{callee},{talk}\n" for moment, caller, callee, talk in stream.rows())
    script = Path(__file__).with_name("_json_rules_engine.cjs")
    fired = subprocess.run(["node", script], input=lines, capture_output=True, text=True, check=True).stdout
    return {(int(moment), int(caller)) for moment, caller in (line.split(",") for line in fired.splitlines())}


def has_package(name: str) -> bool:
    """Tell whether Python finds a package."""
    return find_spec(name) is not None


def has_module_of_node(name: str) -> bool:
    """Tell whether Node finds a module (NODE_PATH names folders)."""
    node = shutil.which("node")
    asked = [node or "", "-e", f"require.resolve('{name}')"]
    return node is not None and subprocess.run(asked, capture_output=True, check=False).returncode == 0


class Peer(NamedTuple):
    """A tool that does the same."""

    name: str
    here: Callable[[], bool]
    fires: Callable[[Stream], Firings]
    most: int  # calls that it is given: the slow ones get fewer


PEERS = (
    Peer("plain Python, deques by hand", lambda: True, plain_python, 1_000_000),
    Peer("DuckDB, OVER count(DISTINCT)", partial(has_package, "duckdb"), duckdb_sql, 1_000_000),
    Peer("Polars, rolling n_unique", partial(has_package, "polars"), polars_rolling, 1_000_000),
    Peer("Bytewax, stateful_map and by hand", partial(has_package, "bytewax"), bytewax_stateful_map, 300_000),
    Peer("River, TimeRolling and by hand", partial(has_package, "river"), river_time_rolling, 300_000),
    Peer("json-rules-engine and by hand", partial(has_module_of_node, "json-rules-engine"), json_rules_engine, 100_000),
)

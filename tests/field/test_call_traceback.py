"""Three running sites trace a call: in seconds, with an operator that answers late, and with one that is killed."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from tests.free_ports import free_port
from tests.run.running_site import TOP, environment, migrate_site, run_module

from fanzha.base.clock import to_ms

pytestmark = [pytest.mark.field]

CALLED, SHOWN, REAL = "+8617000000001", "+8617000000002", "+8617000000003"
AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
#: Operator -> who hands calls over to it, at which trunk, and the time that its clock is ahead (ms).
OPERATORS = {
    "carrier": ("far_carrier", "IC-FAR", 0),
    "far_carrier": ("mvno", "IC-MVNO", 90_000),
    "mvno": ("customer", "LINE-7", 0),
}
PARTNERS = {"carrier": ["far_carrier"], "far_carrier": ["carrier", "mvno"], "mvno": ["far_carrier"]}
HOP_SECONDS = 8


@dataclass
class OperatorSite:
    """The site of one operator: a state folder, a port, and its processes."""

    home: Path
    port: int
    desk: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start pages and API, the jobs that search and send, and the clocks."""
        for component in (["site", "127.0.0.1", str(self.port), "1"], ["regular"], ["worker"]):
            command = [sys.executable, "-m", "fanzha.run.component", *component]
            self.processes.append(
                subprocess.Popen(command, cwd=TOP, env=environment(self.home), stderr=subprocess.DEVNULL)
            )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End all processes; with SIGKILL in the middle of whatever they do."""
        for process in self.processes:
            process.send_signal(how)
        for process in self.processes:
            process.wait(30)
        self.processes.clear()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask the API as the desk; None if it does not answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.desk}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            with connection.getresponse() as response:
                return json.loads(response.read()) if response.status < 300 else None
        except OSError:
            return None
        finally:
            connection.close()

    def answers(self) -> bool:
        """Return whether the API answers."""
        return self.ask("GET", "/api/v1/tracebacks/") is not None


def wait_for(condition: Callable[[], bool], seconds: float) -> float:
    """Return after how many seconds a condition held."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - began


def act(home: Path, *arguments: str) -> Any:
    completed = run_module(home, "tests.field.traceback_acts", *arguments)
    assert completed.returncode == 0, completed.stderr
    return json.loads(completed.stdout)


def calls_of(operator: str) -> str:
    """Return two calls in the operator's records: from the second operator on, with the real calling number."""
    ahead, caller = OPERATORS[operator][2], SHOWN if operator == "carrier" else REAL
    times = [to_ms(AT) + ahead + 400, to_ms(AT) + ahead + 600_000]
    rows = [
        {"call_id": f"{operator}-{number}", "occurred_at": at, "caller": caller, "callee": CALLED, "talk_ms": 41_000}
        for number, at in enumerate(times)
    ]
    return json.dumps(rows)


def in_parallel(work: Callable[[str], Any]) -> dict[str, Any]:
    """Do work for each operator at the same time; return the results."""
    with ThreadPoolExecutor(len(OPERATORS)) as pool:
        return dict(zip(OPERATORS, pool.map(work, OPERATORS), strict=True))


@contextmanager
def three_sites(folder: Path) -> Iterator[dict[str, OperatorSite]]:
    """Make the sites, and join each to its partners."""
    sites = {name: OperatorSite(folder / name, free_port()) for name in OPERATORS}
    for name, site in sites.items():
        migrate_site(site.home)
        ahead = OPERATORS[name][2]
        settings = f"[call_traceback]\nprivate_addresses = true\nclock_offset_ms = {ahead}\n"
        deadlines = f'[processes.deadlines]\n"call_traceback.hop" = "{HOP_SECONDS}s"\n'
        (site.home / "fanzha.toml").write_text(settings + deadlines, "utf-8")
    given = in_parallel(
        lambda name: act(sites[name].home, "make", name, *OPERATORS[name][:2], calls_of(name), *PARTNERS[name])
    )

    def join(name: str) -> None:
        joined, sites[name].desk = {}, given[name]["desk"]
        for partner in PARTNERS[name]:
            theirs = given[partner]["links"][name]
            url = f"http://127.0.0.1:{sites[partner].port}/api/v1/tracebacks/from/{theirs['ref']}"
            joined[partner] = {**theirs, "url": url}
        act(sites[name].home, "join", name, json.dumps(joined))

    in_parallel(join)
    with ExitStack() as stack:
        for site in sites.values():
            stack.callback(site.stop)
        yield sites


def trace(site: OperatorSite, at: datetime) -> str:
    body = {"called": CALLED, "calling": SHOWN, "called_at": at.isoformat(), "duration_s": 41}
    made = site.ask("POST", "/api/v1/tracebacks/", {**body, "purpose": "spoofing", "reason": "a made-up report"})
    return f"/api/v1/tracebacks/{made['ref']}"


def is_overdue(row: Any) -> bool:
    """Return whether the second site asked the third, whose clock ran out and alarmed the first."""
    if row is None or row["state"] != "overdue":
        return False
    return [hop["state"] for hop in row["hops"]] == ["passed", "passed", "waiting"] and row["hops"][2]["is_late"]


def test_a_call_is_traced_through_three_sites_late_and_killed_ones_too(tmp_path: Path) -> None:
    with three_sites(tmp_path) as sites:
        first, second, third = sites["carrier"], sites["far_carrier"], sites["mvno"]
        first.start()
        second.start()
        for site in (first, second):
            wait_for(site.answers, 120)
        late = trace(first, AT)

        def reaches(path: str, state: str, seconds: float) -> float:
            return wait_for(lambda: (first.ask("GET", path) or {}).get("state") == state, seconds)

        wait_for(lambda: is_overdue(first.ask("GET", late)), 120)  # the third site is down
        second.stop(signal.SIGKILL)
        third.start()
        second.start()
        reaches(late, "origin_found", 120)
        hops = first.ask("GET", late)["hops"]
        assert [hop["trunk"] for hop in hops] == ["IC-FAR", "IC-MVNO", "LINE-7"]
        assert hops[1]["caller_changed"] and hops[1]["clock_offset_ms"] == 90_000 and not hops[2]["caller_changed"]
        assert hops[2]["is_late"] and hops[2]["customer_class"] == "enterprise_line"
        seconds = reaches(trace(first, AT + timedelta(minutes=10)), "origin_found", 90)
        (asked,) = second.ask("GET", "/api/v1/tracebacks/operators")
        assert asked["asked"] == 2 and asked["late"] >= 1
        assert len(third.ask("GET", "/api/v1/tracebacks/")["items"]) == 2  # nothing was asked twice
    print(f"traced through three sites in {seconds:.1f} s")

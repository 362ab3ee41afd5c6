"""A tailer of a certificate log that is killed at random again and again while the log fails, withholds and forks.

`python -m tests.killed_tailers KILLS ENTRIES [SEED]` serves two logs of its own, one of each protocol, and prints JSON:
what was withheld, what the tailer counted as not seen, how often each name was counted, and entries a CPU-second.
"""

import base64
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from typing import Any

from tests.collect.log_server import ORIGIN, MadeLog, serving

from fanzha.collect import site_watch
from fanzha.collect.name_intake import IntakeSettings, NameBatch, SiteIntake
from fanzha.detect.lookalike_website import LookalikeWebsiteDetector
from fanzha.store.site_watch import AlertBudget, SiteWatchStore, open_site_watch

PLANTED = 20  # look-alike names in each log
A_SECOND = 1_000  # entries that both logs together publish
LONGEST_SECONDS = 0.8  # between start and kill
BRANDS = ("taobao", "icbc", "jd", "alipay", "10086")
SETTINGS = """[site_watch]
local_addresses = true
poll_seconds = 0.05
retry_seconds = 0.02
attempts = 3
gap_retry_seconds = 0.2
partial_seconds = 0
candidates_per_brand = 1000
candidates = 1000
"""
LOG = '[[site_watch.log]]\nname = "{}"\nurl = "{}"\nprotocol = "{}"\norigin = "{}"\nkey = "{}"\nstart = "beginning"\n'


def is_orphan(parent: int) -> bool:
    """Return whether the process that began this one is gone; nothing is to outlive it."""
    return os.getppid() != parent


def forked(work: Callable[[], None]) -> int:
    """Run a function in a process of its own and return its id."""
    if process := os.fork():
        return process
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def make_logs(entries: int, seed: int) -> list[MadeLog]:
    """Return a log of each protocol with planted names, half of the entries each."""
    draw = random.Random(seed)
    logs = []
    for number, key in enumerate(("ecdsa", "ed25519")):
        made = MadeLog(key=key, seed=seed)
        planted = set(draw.sample(range(entries // 2), PLANTED))
        for index in range(entries // 2):
            if index in planted:
                made.add([f"{BRANDS[len(planted) % 5]}-kf-tuikuan{number}{len(planted)}.top"])
                planted.discard(index)
            else:
                made.fill(1, prefix=f"garden{number}x")
        logs.append(made)
    queried, tiled = logs
    queried.withheld = set(draw.sample(range(entries // 2), max(5, entries // 1_000)))
    tiled.withheld = {draw.randrange(entries // 2 // 256) * 256 + 7}
    return logs


def serve(logs: list[MadeLog], pipe: Connection) -> None:
    """Serve the logs, which grow, until a message ends it or its parent is gone."""
    parent = os.getppid()
    with ExitStack() as stack:
        pipe.send([stack.enter_context(serving(made)) for made in logs])
        published, began = 0, time.monotonic()
        while not is_orphan(parent):
            if pipe.poll(0.05):
                match pipe.recv():
                    case "calm":
                        for made in logs:
                            made.fault_share = 0.0
                    case "fork":
                        for made in logs:
                            made.forged_head = (made.size, bytes(32))
                    case "end":
                        return
            if published < len(logs[0].leaves):
                published = min(len(logs[0].leaves), int((time.monotonic() - began) * A_SECOND / 2))
                for made in logs:
                    made.publish(published)


def withheld_entries(made: MadeLog, is_tiled: bool) -> list[int]:
    """Return which entries the log does not give out; a file of entries is there or not."""
    if not is_tiled:
        return sorted(made.withheld)
    size = len(made.leaves)
    return sorted(
        {index for first in made.withheld for index in range(first // 256 * 256, min(first // 256 * 256 + 256, size))}
    )


def kill_tailers(kills: int, entries: int, seed: int, folder: Path) -> dict[str, Any]:
    """Kill a tailer so many times; return what it counted beside what the logs have."""
    logs = make_logs(entries, seed)
    os.environ["FANZHA_HOME"] = str(folder)
    ours, theirs = Pipe()
    for made in logs:
        made.fault_share = 0.03
    server = forked(lambda: serve(logs, theirs))
    urls = ours.recv()
    described = [
        LOG.format(name, url, protocol, ORIGIN, base64.b64encode(made.spki).decode())
        for name, url, protocol, made in zip("qt", urls, ("rfc6962", "static"), logs, strict=True)
    ]
    (folder / "fanzha.toml").write_text(SETTINGS + "".join(described))
    detector = _warm_detector(folder)
    vars(site_watch)["LookalikeWebsiteDetector"] = lambda _: detector  # made once for all children
    try:
        began = time.monotonic()
        cpu = sum(_kill_one(random.Random(seed + number)) for number in range(kills))
        ours.send("calm")
        cpu += _run_until(lambda store: _is_read(store, logs))
        seconds = time.monotonic() - began
        counted = _count(folder, logs)
        ours.send("fork")
        _run_until(lambda store: all(status.state == "forked" for status in store.statuses()))
        with open_site_watch(folder) as store:
            counted["forks"] = len(store.forks())
        ours.send("end")
    finally:
        os.kill(server, signal.SIGTERM)
        os.waitpid(server, 0)
    return {"kills": kills, "seconds": seconds, "entries_a_cpu_second": round(counted["seen"] / cpu), **counted}


def _warm_detector(folder: Path) -> LookalikeWebsiteDetector:
    """Return a detector whose kernels are compiled and whose tables are built."""
    detector = LookalikeWebsiteDetector()
    with open_site_watch(folder / "warm") as store:
        intake = SiteIntake(store, detector, IntakeSettings(1, AlertBudget(1, 1, 1)))
        intake.add(NameBatch("warm", [b"warm.example"], [1], ["1"]), 1)
    return detector


def _kill_one(draw: random.Random) -> float:
    process = forked(lambda: _run_tailer(lambda _: False))
    time.sleep(draw.uniform(0.05, LONGEST_SECONDS))
    os.kill(process, signal.SIGKILL)
    return _cpu_seconds(process)


def _run_until(is_done: Callable[[SiteWatchStore], bool]) -> float:
    """Run a tailer until something is true, at most fifteen minutes; return its CPU-seconds."""
    vars(site_watch)["_TICK_SECONDS"] = 0.1
    return _cpu_seconds(forked(lambda: _run_tailer(is_done)))


def _run_tailer(is_done: Callable[[SiteWatchStore], bool]) -> None:
    stop, parent, deadline = Event(), os.getppid(), time.monotonic() + 900

    def stop_when_done(store: SiteWatchStore) -> None:
        if is_done(store) or is_orphan(parent) or time.monotonic() > deadline:
            stop.set()

    site_watch.run(stop, stop_when_done)


def _cpu_seconds(process: int) -> float:
    _, _, usage = os.wait4(process, 0)
    return usage.ru_utime + usage.ru_stime


def _is_read(store: SiteWatchStore, logs: list[MadeLog]) -> bool:
    statuses = store.statuses()
    expected = [len(withheld_entries(made, is_tiled)) for made, is_tiled in zip(logs, (False, True), strict=True)]
    missing = [sum(status.missing.values()) for status in statuses]
    sizes = [status.size for status in statuses]
    return (
        missing == expected
        and sizes == [len(made.leaves) for made in logs]
        and not any(status.waiting for status in statuses)
    )


def _count(folder: Path, logs: list[MadeLog]) -> dict[str, Any]:
    with open_site_watch(folder) as store:
        statuses = store.statuses()
        gaps = [
            sorted(index for gap in store.gaps(made.log_id) for index in range(gap.first, gap.last)) for made in logs
        ]
        days = store.day_counts(0)
        subjects = sorted(candidate.subject for candidate in store.candidates(10_000))
    withheld = [withheld_entries(made, is_tiled) for made, is_tiled in zip(logs, (False, True), strict=True)]
    given = [
        name
        for made, missing in zip(logs, withheld, strict=True)
        for index, names in enumerate(made.names)
        if index not in set(missing)
        for name in names
    ]
    return {
        "gaps": gaps,
        "withheld": withheld,
        "sizes": [status.size for status in statuses],
        "sums": [status.seen + sum(status.missing.values()) + status.waiting for status in statuses],
        "seen": sum(status.seen for status in statuses),
        "names": sum(day.names for day in days),
        "new_names": sum(day.new for day in days),
        "names_given": len(given),
        "different_names_given": len(set(given)),
        "candidates": subjects,
        "planted": sorted({name for name in given if "tuikuan" in name}),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        numbers = [int(argument) for argument in sys.argv[1:]]
        print(json.dumps(kill_tailers(numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 1, Path(home))))

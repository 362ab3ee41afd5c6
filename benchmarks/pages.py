"""How long people wait for a page: fifty who each open one every ten seconds, on a site of `benchmarks.fill_site`.

Usage: python -m benchmarks.pages FOLDER [--users 50] [--every 10] [--minutes 3]

`fanzha up` runs as an operator starts it, with worker, importer and jobs beside the site. Each user signs in as one of
the analysts, reviewers or executors and opens home, the queue, a search, a subject, a campaign or his orders, drawn at
random, each at its own moment: who waits for an answer does not open fewer. Told are milliseconds from asking to the
last byte.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks._large_site import PASSWORD, large_site

from fanzha.run.demo_browser import DemoBrowser
from fanzha.run.demo_screening import free_port
from fanzha.run.up import SiteAddress, responds_ok

TARGET_MS = 300
PEOPLE = [f"{role}@{name}.example" for name in ("mobile", "telecom", "centre") for role in ("analyst", "reviewer")]


class Known(NamedTuple):
    """What users look for."""

    numbers: Sequence[str]
    subjects: Sequence[str]
    campaigns: Sequence[str]
    orders: Sequence[str]


#: Page -> its address, drawn.
PAGES: dict[str, Callable[[Random, Known], str]] = {
    "home": lambda draw, known: "/",
    "queue": lambda draw, known: "/campaigns/",
    "search a number": lambda draw, known: f"/search/?q=%2B{draw.choice(known.numbers)[1:]}",
    "search a beginning": lambda draw, known: f"/search/?q=%2B{draw.choice(known.numbers)[1:-3]}",
    "subject": lambda draw, known: f"/subjects/{draw.choice(known.subjects)}/",
    "campaign": lambda draw, known: f"/campaigns/{draw.choice(known.campaigns)}/",
    "orders": lambda draw, known: "/orders/",
    "order": lambda draw, known: f"/orders/{draw.choice(known.orders)}/",
    "processes": lambda draw, known: "/processes/",
    "inbox": lambda draw, known: "/inbox/",
}


class Told:
    """Milliseconds by page, and what did not answer 200."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: dict[str, int] = defaultdict(int)

    def add(self, page: str, milliseconds: float, status: int) -> None:
        """Note one answer."""
        with self._lock:
            self.took[page].append(milliseconds)
            if status != 200:
                self.wrong[f"{page}: {status}"] += 1


def main() -> None:
    """Start the site, let users look, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two pages of a user")
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--only", help="one page alone")
    given = parser.parse_args()
    with large_site(given.folder):
        known = _known()
        address = SiteAddress(port=free_port(socket.SOCK_STREAM))
        site = subprocess.Popen([sys.executable, "-m", "fanzha", "up", "--port", str(address.port)])
        try:
            while not responds_ok(address, "/readyz"):
                assert site.poll() is None, "the site did not come up"
                time.sleep(0.2)
            _print(_look(address, known, given))
        finally:
            site.send_signal(signal.SIGTERM)
            site.wait(60)


def _known() -> dict[str, Known]:
    """Draw what is looked for from the database, in a process that ends."""
    done = subprocess.run([sys.executable, "-m", "benchmarks._known_refs", *PEOPLE], capture_output=True, check=True)
    return {address: Known(*lists) for address, lists in json.loads(done.stdout).items()}


def _look(address: SiteAddress, known: dict[str, Known], given: argparse.Namespace) -> Told:
    told, stop = Told(), time.monotonic() + given.minutes * 60
    names = [given.only] if given.only else list(PAGES)
    browsers = [DemoBrowser(address.url, number) for number in range(given.users)]
    for number, browser in enumerate(browsers):
        home = browser.sign_in(PEOPLE[number % len(PEOPLE)], PASSWORD)
        assert home.url == f"{address.url}/", home.url
    begin = time.monotonic() + 1

    def use(number: int) -> None:
        draw = Random(number)
        at = begin + given.every * number / given.users
        while at < stop:
            time.sleep(max(0.0, at - time.monotonic()))
            name = draw.choice(names)
            page = browsers[number].get(PAGES[name](draw, known[PEOPLE[number % len(PEOPLE)]]))
            told.add(name, (time.monotonic() - at) * 1000, page.status)
            at += given.every

    users = [threading.Thread(target=use, args=(number,)) for number in range(given.users)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    return told


def _print(told: Told) -> None:
    print(f"{os.cpu_count()} processors\n| page | opened | p50 ms | p95 ms | p99 ms |\n| --- | --- | --- | --- | --- |")
    every = [one for took in told.took.values() for one in took]
    for name, took in [*told.took.items(), ("all", every)]:
        cuts = statistics.quantiles(took, n=100, method="inclusive")
        mark = "" if cuts[94] <= TARGET_MS else " !"
        print(f"| {name} | {len(took)} | {cuts[49]:.0f} | {cuts[94]:.0f}{mark} | {cuts[98]:.0f} |")
    for words, count in told.wrong.items():
        print(f"not 200: {words}, {count} times")


if __name__ == "__main__":
    main()

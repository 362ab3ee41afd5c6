"""How long the public waits for each page: report, follow, look a number up, and what else needs no login.

Usage: python -m benchmarks.public_pages [--users 50] [--pause 2] [--seconds 60] [--tags 100000] [--reports 20000]

The site runs as `fanzha up` starts it, one process a processor, without its other components. Each user walks through
the pages as a phone does, with a network of its own and a pause after each page: reports a call and follows the report,
looks a number up by the form and by hash, and reads the other public pages that this site has. Printed are milliseconds
from sending to the last byte by route. All data are made up. The command ends with 1 if a p95 is above `TARGET_MS`.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlencode

from benchmarks.camara import FIRST, cpu_seconds, wait

from fanzha.run.component import component_command
from fanzha.run.demo_screening import free_port

TARGET_MS = 200
#: Pages that need no data of the walk; those that the site does not have are left out.
READ = ("/appeal/", "/learn/", "/bulletins/", "/figures/", "/blocked/", "/tags/dispute/", "/report/?paid=yes")
LANGUAGES = ("zh-CN,zh;q=0.9", "en")


class Waits:
    """Milliseconds by route, and how many answers were none of those expected."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()


class Phone:
    """One user: an address, a language and the cookies of the site."""

    def __init__(self, port: int, user: int, waits: Waits) -> None:
        self.draw = Random(user)
        self._port, self._waits = port, waits
        self._address = f"127.{1 + user // 250}.{1 + user % 250}.1"  # a network of its own: rates count networks
        self._language = LANGUAGES[user % 2]
        self._cookies: dict[str, str] = {}

    def get(self, route: str, path: str = "") -> str:
        """Open a page; return its content. `route` is what the time counts for."""
        return self._send("GET", route, path or route, None)

    def post(self, route: str, path: str, fields: dict[str, str]) -> str:
        """Send a form; return the page that follows."""
        return self._send("POST", route, path, urlencode(fields))

    def _send(self, method: str, route: str, path: str, body: str | None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60, source_address=(self._address, 0))
        headers = {"Accept-Language": self._language}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read().decode()
        milliseconds = (time.perf_counter() - begun) * 1000
        connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        with self._waits.lock:
            self._waits.took[f"{method} {route}"].append(milliseconds)
            if answer.status != 200:
                self._waits.wrong[f"{method} {route} {answer.status}"] += 1
        return content


def main() -> None:
    """Make a site, let the users walk, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two pages of a user, on average")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--tags", type=int, default=100_000)
    parser.add_argument("--reports", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"FANZHA_HOME": name, "DJANGO_SETTINGS_MODULE": "fanzha.command.web.settings"}
        subprocess.run(component_command("migrate"), check=True, stdout=subprocess.DEVNULL)
        fill(asked.tags, asked.reports)
        port, processes = free_port(), min(4, os.cpu_count() or 1)
        site = subprocess.Popen(component_command("site", "127.0.0.1", str(port), str(processes)))
        try:
            wait(port)
            told = measure(port, asked, site.pid)
        finally:
            site.terminate()
            site.wait(30)
    for line in told:
        print(json.dumps(line))
    if any(line["p95"] > TARGET_MS for line in told):
        sys.exit(1)


def fill(tags: int, reports: int) -> None:
    """Let a centre have reports, and every fifth number of a range be tagged."""
    import django

    django.setup()
    from django.utils import timezone

    from fanzha.command.number_tags.models import ShownTag
    from fanzha.command.number_tags.services import digest_of
    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.models import Report

    now = timezone.now()
    centre = Organization.objects.create(name_zh="示例中心", name_en="Example centre", kind="centre", simulated=True)
    numbers = [f"+{FIRST + 5 * number}" for number in range(tags)]
    ShownTag.objects.bulk_create(
        [
            ShownTag(kind="phone_number", value=value, digest=digest_of(value), category="fraud", weight=4.0, voices=9,
                     is_proven=place % 2 == 0, since=now, until=now + timedelta(days=30))
            for place, value in enumerate(numbers)
        ],
        batch_size=2_000,
    )  # fmt: skip
    Report._base_manager.bulk_create(
        [
            Report(owner=centre, channel="web", category="call", grade="fraud", target_kind="number", reporter=f"r{n}",
                   subject_kind="phone_number", value=f"+{FIRST + n % 5_000}", text=f"made-up report {n}", state="held",
                   block=f"b{n % 4_000}", receipt=f"{n:064x}", received_at=now - timedelta(minutes=n), processed_at=now)
            for n in range(reports)
        ],
        batch_size=2_000,
    )  # fmt: skip


def measure(port: int, asked: argparse.Namespace, pid: int) -> list[dict[str, Any]]:
    """Let the users walk; return percentiles in milliseconds by route, and of all together."""
    waits = Waits()
    others = find_pages(port)
    end = time.monotonic() + asked.seconds
    phones = [Phone(port, user, waits) for user in range(asked.users)]
    threads = [threading.Thread(target=walk, args=(phone, asked, others, end)) for phone in phones]
    before = cpu_seconds(pid)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = [milliseconds for took in waits.took.values() for milliseconds in took]
    told = [_line(route, took) for route, took in sorted(waits.took.items())]
    own = {"cpu_ms": round((cpu_seconds(pid) - before) / len(total) * 1000, 2), "wrong": dict(waits.wrong)}
    return [*told, _line("all", total) | own]


def find_pages(port: int) -> list[str]:
    """Return the pages of READ that the site has; that also lets each process load what it needs."""
    scout = Waits()
    phone = Phone(port, 9_999, scout)
    for _ in range(8):
        for path in READ:
            phone.get(path)
    missing = {key.split()[1] for key in scout.wrong if key.endswith(" 404")}
    return [path for path in READ if path not in missing]


def walk(phone: Phone, asked: argparse.Namespace, others: list[str], end: float) -> None:
    """Walk until the end, one page after the other with a pause after each."""
    time.sleep(phone.draw.random() * asked.pause)
    while True:
        for _page in one_walk(phone, asked, others):
            if time.monotonic() > end:
                return
            time.sleep(phone.draw.expovariate(1 / asked.pause))


def one_walk(phone: Phone, asked: argparse.Namespace, others: list[str]) -> Iterator[str]:
    """Report a call and follow it, look a number up in both ways, read; yield each page."""
    yield phone.get("/report/")
    yield phone.get("/report/new/", "/report/new/?paid=no")
    page = phone.get("/report/new/", "/report/new/?paid=no&category=call")
    yield page
    number = f"+{FIRST + phone.draw.randrange(5 * asked.tags)}"
    typed = {"thing": number, "text": f"Somebody asked for a code, {phone.draw.random()}", "contact": ""}
    for name in ("thing", "text", "contact"):
        page = phone.post("/report/new/", "/report/new/", hidden_fields(page) | {name: typed[name]})
        yield page
    code = re.search(r"<output[^>]*>([^<]+)</output>", page)
    page = phone.get("/report/follow/")
    yield page
    if code:
        yield phone.post("/report/follow/", "/report/follow/", hidden_fields(page) | {"code": code[1]})
    page = phone.get("/tags/")
    yield page
    yield phone.post("/tags/", "/tags/", hidden_fields(page) | {"kind": "phone_number", "value": number})
    yield phone.get("/tags/hashes/phone_number/…", f"/tags/hashes/phone_number/{phone.draw.randrange(65_536):04x}")
    for path in others:
        yield phone.get(path)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the forms of a page with their values."""
    fields = {}
    for tag in re.findall(r"<(?:input|button)[^>]*>", page):
        name, value = (re.search(rf'\b{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and value and ('type="hidden"' in tag or tag.startswith("<button")):
            fields[name[1]] = value[1]
    return fields


def _line(route: str, took: list[float]) -> dict[str, Any]:
    cuts = statistics.quantiles(took, n=100) if len(took) > 1 else took * 99
    return {"route": route, "n": len(took)} | {f"p{part}": round(cuts[part - 1], 1) for part in (50, 95, 99)}


if __name__ == "__main__":
    main()

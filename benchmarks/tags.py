"""How long people wait who look numbers up on the public page, and programs that ask by hash.

Usage: python -m benchmarks.tags [--users 50] [--every 10] [--seconds 60] [--tagged 20000]

The site runs as one process without its other components. Each user has an address of its own (127.0.0.0/8) and looks a
number up every ten seconds, at a moment of its own: who waits for an answer does not ask fewer. Every fourth question
is one by hash. Told are milliseconds from sending to the last byte. Numbers are made up.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import tempfile
import threading
import time
from collections import Counter, defaultdict
from random import Random
from urllib.parse import urlencode

from benchmarks.camara import FIRST, cpu_seconds, wait

from fanzha.run.component import component_command
from fanzha.run.demo_screening import free_port

TARGET_MS = 200


class Waits:
    """Milliseconds by sort of question, and how many answers were not 200."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[int] = Counter()


def main() -> None:
    """Make a site with tags, let users ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two questions of a user")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--tagged", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"FANZHA_HOME": name, "DJANGO_SETTINGS_MODULE": "fanzha.command.web.settings"}
        subprocess.run(component_command("migrate"), check=True, stdout=subprocess.DEVNULL)
        fill(asked.tagged)
        port = free_port()
        site = subprocess.Popen(component_command("site", "127.0.0.1", str(port), "1"))
        try:
            wait(port)
            print(json.dumps(measure(port, asked, site.pid)))
        finally:
            site.terminate()
            site.wait(30)


def fill(tagged: int) -> None:
    """Let every fifth number of a range be tagged."""
    import django

    django.setup()
    from django.utils import timezone

    from fanzha.command.number_tags.models import ShownTag
    from fanzha.command.number_tags.services import digest_of

    values = [f"+{FIRST + 5 * number}" for number in range(tagged)]
    ShownTag.objects.bulk_create(
        [
            ShownTag(kind="phone_number", value=value, digest=digest_of(value), category="fraud", weight=4.0, voices=9,
                     since=timezone.now())
            for value in values
        ],
        batch_size=2_000,
    )  # fmt: skip


def measure(port: int, asked: argparse.Namespace, pid: int) -> dict[str, object]:
    """Let the users ask; return percentiles in milliseconds by sort of question."""
    waits, end = Waits(), time.monotonic() + asked.seconds
    threads = [threading.Thread(target=ask, args=(port, user, asked, end, waits)) for user in range(asked.users)]
    before = cpu_seconds(pid)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    questions = sum(map(len, waits.took.values()))
    told: dict[str, object] = {"site_cpu_ms": round((cpu_seconds(pid) - before) / questions * 1000, 2)}
    for sort, took in sorted(waits.took.items()):
        cuts = statistics.quantiles(took, n=100)
        told[sort] = {"n": len(took), "p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "most": round(max(took), 1)}
    return told | {"wrong": dict(waits.wrong), "target_p95": TARGET_MS}


def ask(port: int, user: int, asked: argparse.Namespace, end: float, waits: Waits) -> None:
    """Ask at moments that were drawn before; each question has a connection of its own, as a phone's would."""
    draw, address = Random(user), f"127.0.{1 + user // 250}.{1 + user % 250}"
    moment = time.monotonic() + draw.random() * asked.every
    while moment < end:
        time.sleep(max(0.0, moment - time.monotonic()))
        number = f"+{FIRST + draw.randrange(5 * asked.tagged)}"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
        if draw.random() < 0.25:
            timed(connection, "by hash", waits, "GET", f"/tags/hashes/phone_number/{draw.randrange(65_536):04x}")
        else:
            page, cookie = timed(connection, "open", waits, "GET", "/tags/")
            secret = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            body = urlencode({"kind": "phone_number", "value": number, "csrfmiddlewaretoken": "".join(secret)})
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
            timed(connection, "look up", waits, "POST", "/tags/", body, headers)
        connection.close()
        moment += asked.every


def timed(
    connection: http.client.HTTPConnection,
    sort: str,
    waits: Waits,
    method: str,
    path: str,
    body: str = "",
    headers: dict[str, str] | None = None,
) -> tuple[str, str]:
    """Send one request and note how long it took; return the body and the cookie of the answer."""
    begun = time.perf_counter()
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    milliseconds = (time.perf_counter() - begun) * 1000
    with waits.lock:
        waits.took[sort].append(milliseconds)
        waits.wrong.update([answer.status] if answer.status != 200 else [])
    return content.decode(), answer.headers.get("Set-Cookie", "").partition(";")[0]


if __name__ == "__main__":
    main()

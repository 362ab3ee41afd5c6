"""How long a bank waits for an answer about a number, over HTTP from a running site with a million numbers.

Usage: python -m benchmarks.camara [--numbers 1000000] [--questions 2000] [--clients 1] [--operation sim-swap]

The site runs as one process without its other components. Each client keeps its connection and asks one operation about
numbers drawn at random; for the risk indicator every tenth of 10,000 numbers has a verdict. Told are milliseconds from
sending to the last byte, and CPU milliseconds of the site for one question, which the load of the machine moves little.
Numbers are made up.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np

from fanzha.run.component import component_command
from fanzha.run.demo_screening import free_port
from fanzha.store.number_signals import SIGNAL_RECORD, write_signals

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

FIRST = 8617000000000
PURPOSE = "dpv:FraudPreventionAndDetection"
OPERATIONS = {
    "sim-swap": "sim-swap/v2/check",
    "fanzha-risk-indicator": "fanzha-risk-indicator/v1/retrieve",
    "fanzha-work-status": "fanzha-work-status/v1/check",
}
SCOPES = {
    "sim-swap": "sim-swap",
    "fanzha-risk-indicator": "fanzha-risk-indicator:retrieve",
    "fanzha-work-status": "fanzha-work-status:check",
}
SUSPECTED = 10_000  # numbers of which every tenth has a verdict
BEFORE = 50  # questions of each client that are not counted


def main() -> None:
    """Make a site with signals, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--numbers", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=2_000, help="of each client")
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--operation", choices=sorted(OPERATIONS), default="sim-swap")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"FANZHA_HOME": name, "DJANGO_SETTINGS_MODULE": "fanzha.command.web.settings"}
        subprocess.run(component_command("migrate"), check=True, stdout=subprocess.DEVNULL)
        Path(name, "fanzha.toml").write_text('[number_signals]\nappeal = "any shop"\n', "utf-8")
        client_id, secret = fill(asked.numbers, asked.operation)
        port = free_port()
        site = subprocess.Popen(component_command("site", "127.0.0.1", str(port), "1"))
        try:
            wait(port)
            print(json.dumps(measure(port, client_id, secret, asked, site.pid)))
        finally:
            site.terminate()
            site.wait(30)


def fill(numbers: int, service: str) -> tuple[str, str]:
    """Make a carrier with signals, a bank with a basis and a key; return the key's id and secret."""
    import django

    django.setup()
    from datetime import timedelta

    from django.utils import timezone

    from fanzha.command.number_signals.services import BasisTerms, approve_basis, record_basis
    from fanzha.command.organizations.models import ApiKey, Organization, Person

    carrier, bank = (
        Organization.objects.create(name_zh=f"示例{kind}", name_en=f"Example {kind}", kind=kind, simulated=True)
        for kind in ("carrier", "bank")
    )
    first, second = (Person.objects.create_user(f"{n}@carrier.example", name=n) for n in ("first", "second"))
    records = np.zeros(numbers, SIGNAL_RECORD)
    records["sim_activated_at"] = 1_700_000_000_000
    write_signals(carrier.ref, np.arange(FIRST, FIRST + numbers, dtype=np.int64), records)
    until = timezone.now() + timedelta(days=9)
    if service != "sim-swap":
        fill_verdicts(carrier)
    terms = BasisTerms(bank, [service], "Agreement", "ATF18", PURPOSE, until, 10_000_000)
    approve_basis(record_basis(carrier, terms, first), second)
    key, secret = ApiKey.make(bank, "benchmark", scopes=["number_signals:read"], per_minute=1_000_000)
    return key.shown, secret


def fill_verdicts(carrier: "Organization") -> None:
    """Let every tenth of SUSPECTED numbers have a verdict that a person decided."""
    from django.utils import timezone

    from fanzha.command.audit.services import recorded
    from fanzha.command.subjects.canonical import canonicalize
    from fanzha.command.subjects.models import VerdictRow
    from fanzha.command.subjects.registry import get_or_create_subject

    now = timezone.now()
    with recorded():
        subjects = [
            get_or_create_subject(canonicalize("phone_number", f"+{FIRST + number}"), now)
            for number in range(0, SUSPECTED, 10)
        ]
        VerdictRow._base_manager.bulk_create(
            [
                VerdictRow(subject=subject, owner=carrier, level="suspected", score=0.8, treatment="label",
                           marking="TLP:AMBER", decided_by="somebody", since=now)
                for subject in subjects
            ]
        )  # fmt: skip


def wait(port: int) -> None:
    """Wait until the site answers."""
    for _ in range(600):
        with suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    sys.exit("the site does not answer")


def measure(port: int, client_id: str, secret: str, asked: argparse.Namespace, pid: int) -> dict[str, float]:
    """Let the clients ask; return percentiles in milliseconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    scope = f"{PURPOSE} {SCOPES[asked.operation]}"
    body = {"grant_type": "client_credentials", "scope": scope, "client_id": client_id, "client_secret": secret}
    connection.request("POST", "/oauth2/token", urlencode(body), {"Content-Type": "application/x-www-form-urlencoded"})
    token = json.loads(connection.getresponse().read())["access_token"]
    took: list[float] = []
    threads = [threading.Thread(target=ask, args=(port, token, asked, seed, took)) for seed in range(asked.clients)]
    before, started = cpu_seconds(pid), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent, wall = cpu_seconds(pid) - before, time.perf_counter() - started
    cuts = statistics.quantiles(took, n=100)
    questions = asked.clients * (asked.questions + BEFORE)
    return {
        "questions": len(took),
        "p50_ms": round(cuts[49], 2),
        "p95_ms": round(cuts[94], 2),
        "p99_ms": round(cuts[98], 2),
        "most_ms": round(max(took), 2),
        "per_second": round(questions / wall, 1),
        "site_cpu_ms": round(spent / questions * 1000, 2),
    }


def ask(port: int, token: str, asked: argparse.Namespace, seed: int, took: list[float]) -> None:
    """Ask about numbers drawn at random, and add the milliseconds of each to `took`."""
    draw, connection = Random(seed), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "x-correlator": "benchmark"}
    is_swap = asked.operation == "sim-swap"
    numbers, more = (asked.numbers, {"maxAge": 240}) if is_swap else (SUSPECTED, {})
    for place in range(-BEFORE, asked.questions):
        body = json.dumps({"phoneNumber": f"+{FIRST + draw.randrange(numbers)}"} | more)
        begun = time.perf_counter()
        connection.request("POST", f"/camara/{OPERATIONS[asked.operation]}", body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if place >= 0:
            took.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            sys.exit(f"{answer.status} {content!r}")


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and its children."""
    total = 0.0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (str(pid), *children):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


if __name__ == "__main__":
    main()

"""Public reports by a site that is killed at random again and again, and what is then on record.

`python -m tests.killed_intake KILLS SEED` works on the site of FANZHA_HOME and prints JSON. A process takes reports in
by the public interface and reads them as the worker does; each receipt that it gave is told. A reporter who got no
receipt sends the same form again.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from tests.killed_orders import finished, killed

# isort: split
from django.test import Client
from django.utils import timezone

from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.verification import verify
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.reports.intake_worker import read_reports
from fanzha.command.reports.models import Report
from fanzha.command.reports.proof_of_work import make_challenge
from fanzha.command.reports.receipts import hash_receipt
from fanzha.command.web.scoping import unscoped

LONGEST_SECONDS = 0.5  # of work before a kill
EVERY = 4  # reports between two runs of the worker
#: A form that was open when the site was killed is sent again with the same challenge.
_FORMS: dict[int, str] = {}


def work(reports: int, told: Callable[[str], None]) -> None:
    """Take in and read what is left of so many reports; `told` hears of each receipt after it was given."""
    centre = Organization.objects.get(kind="centre")
    for number in range(reports):
        told(f"{number} {send(number)}")
        if number % EVERY == EVERY - 1 or number == reports - 1:
            read_reports(centre, timezone.now())


def send(number: int) -> str:
    """Send a report by the public interface, and return its receipt."""
    form = {"category": "call", "challenge": _FORMS[number], "thing": f"+861700001{number:04d}"}
    address = f"10.{number // 200}.{number % 200}.7"
    answer = Client(REMOTE_ADDR=address, headers={"host": "127.0.0.1"}).post(
        "/report/api/reports", form, content_type="application/json"
    )
    assert answer.status_code == 201, answer.content
    return str(answer.json()["receipt"])


def on_record(ledger: list[str]) -> dict[str, Any]:
    """Return what is on record, and which of the receipts that were given stand for no report."""
    with unscoped("the test looks at everything"):
        receipts = {line.split()[1] for line in ledger}
        rows = list(Report.objects.values_list("receipt", "state", "process", "value"))
        stored = {receipt for receipt, *_ in rows}
        kinds = ["report_received", "report_opened"]
        return {
            "given": len(receipts),
            "lost": [code for code in receipts if hash_receipt(code) not in stored],
            "reports": len(rows),
            "values": len({value for *_, value in rows}),
            "states": sorted({state for _, state, *_ in rows}),
            "processes": [len({ref for *_, ref, _ in rows if ref}), ProcessInstance.objects.count()],
            "logged": [LogEntry.objects.filter(kind=kind).count() for kind in kinds],
            "faults": [str(fault) for fault in verify().faults],
        }


def main(kills: int, seed: int) -> None:
    """Kill so many times; then let the work be finished, and print what is on record."""
    finished(lambda _: make_centre())
    draw, ledger, hits, reports = Random(seed), list[str](), 0, 0
    while hits < kills:
        reports += 6
        for number in range(reports):
            _FORMS.setdefault(number, make_challenge(timezone.now()))
        hits += killed(partial(work, reports), draw.uniform(0.0, LONGEST_SECONDS), ledger)
    ledger += finished(lambda told: work(reports, told))
    lines = [line for line in ledger if line]
    found = finished(lambda told: told(json.dumps(on_record(lines))))
    print(json.dumps({"kills": hits, "sent": reports, **json.loads(found[0])}))


def make_centre() -> None:
    """Make the only centre of a site, which takes reports from the public."""
    Organization.objects.get_or_create(name_zh="示例中心", name_en="Example centre", kind="centre")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

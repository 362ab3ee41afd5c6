"""Fill a site with 1 M subjects, 5 M findings and 200,000 running processes on PostgreSQL, for benchmarks of its pages.

Usage: python -m benchmarks.fill_site FOLDER [--copies 400]        (make fill)

A small province is made the way that all is made: findings come in through the importer, campaigns follow, people
order on them. Then every row is copied on the server, with ids, refs, numbers and times of its own. FOLDER holds the
state folder and, unless FANZHA_DATABASE_URL names another, a PostgreSQL.
"""

import argparse
import os
import time
from pathlib import Path
from typing import Any

from benchmarks._large_site import PASSWORD, large_site

SUBJECTS, FINDINGS, PROCESSES = 2_500, 12_500, 500  # of the province that is copied


def main() -> None:
    """Fill and print what there is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=400)
    given = parser.parse_args()
    with large_site(given.folder):
        fill(given.copies)


def fill(copies: int) -> None:
    """Make the province and its copies in an empty database."""
    import django

    django.setup()
    from benchmarks._province_copies import copy_province
    from django.db import connections

    from fanzha.command.web.scoping import unscoped
    from fanzha.run.demo_province import create_demo_province
    from fanzha.run.migration import migrate

    begun = time.monotonic()
    migrate()
    with unscoped("a benchmark fills the site"):
        _make(create_demo_province(PASSWORD))
        print(f"the province is made: {time.monotonic() - begun:.0f} s", flush=True)
        for words in copy_province(copies - 1) if copies > 1 else ():
            print(f"{words}: {time.monotonic() - begun:.0f} s", flush=True)
    connections.close_all()


def _make(made: Any) -> None:
    import msgspec
    from benchmarks._made_up_findings import made_up_findings
    from benchmarks._made_up_orders import OWNERS, make_orders

    from fanzha.command.campaigns.models import Campaign
    from fanzha.command.processes.worker import run_once
    from fanzha.command.subjects.ingest.worker import ingest

    owners = [made[name].ref for name in OWNERS]
    path = Path(os.environ["FANZHA_HOME"]) / "findings.jsonl"
    with path.open("wb") as file:
        for one in made_up_findings(FINDINGS, owners, time.time_ns() // 1_000_000, seed=1):
            file.write(msgspec.json.encode(one) + b"\n")
    ingest([path])
    path.unlink()
    make_orders(made, list(Campaign.objects.order_by("id")), PROCESSES, seed=1)
    while run_once():
        continue


if __name__ == "__main__":
    main()

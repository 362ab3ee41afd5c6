"""How long the list below the search field takes, as one types: 200,000 subjects, 10,000 campaigns, 2,000 processes.

Usage: python -m benchmarks.palette FOLDER [--database sqlite|postgresql] [--rounds 20]

The site is filled the first time: a small province as by `benchmarks.fill_site`, whose rows are copied. Told are
milliseconds of the whole request within one process, in wall time and in processor time of that process, and the
statements of a request at most, by who types.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from benchmarks._large_site import large_site

TYPED = (
    "trunk IGW-01",
    "fake loan",
    "中继",
    "kftk",
    "12345",
    "17000012345",
    "ordres",
    "draft an order",
    "nothing at all",
)
PEOPLE = ("analyst@mobile.example", "reviewer@centre.example", "inspector@province.example")
TARGET_MS = 100
SUBJECTS, CAMPAIGNS, PROCESSES = 200_000, 10_000, 2_000
_BATCH = 20_000
_PRESENCE = ("owner_id", "marking", "findings", "top_score", "first_at", "last_at")


def main() -> None:
    """Fill the site if it is new, type, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    with large_site(given.folder) if given.database == "postgresql" else _sqlite_site(given.folder):
        mark = given.folder / f"filled-{given.database}"
        if not mark.exists():
            from benchmarks import fill_site

            fill_site.FINDINGS, fill_site.PROCESSES = 600, 24
            fill_site.fill(1)
            from django.db import transaction

            from fanzha.command.web.scoping import unscoped

            with unscoped("a benchmark fills the site"), transaction.atomic():
                _copy_rows()
            mark.touch()
        _type(given.rounds)


def _copy_rows() -> None:
    """Copy rows with what makes them readable, until there are enough."""
    from django.db.models import Max
    from django.utils import timezone

    from fanzha.base.ids import digest, sortable_id
    from fanzha.command.campaigns.models import Campaign
    from fanzha.command.processes.models import Participation, ProcessInstance
    from fanzha.command.subjects.models import Presence, Subject
    from fanzha.command.web.database import bulk

    presences = list(Presence._base_manager.values_list(*_PRESENCE)[:1_000])
    at = timezone.now()
    values = [f"+86171{number:08d}" for number in range(SUBJECTS - Subject._base_manager.count())]
    rows = [
        (sortable_id(), "phone_number", value, "", digest("phone_number", value), digest("phone_number", value, ""), at)
        for value in values
    ]
    columns = ("ref", "kind", "value", "shown", "thing", "identity", "created_at")
    first = (Subject._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
    for begin in range(0, len(rows), _BATCH):
        bulk.insert(Subject, columns, rows[begin : begin + _BATCH])
    made = list(Subject._base_manager.filter(pk__gte=first).order_by("pk").values_list("pk", flat=True))
    for begin in range(0, len(made), _BATCH):
        known = [(pk, *presences[pk % len(presences)]) for pk in made[begin : begin + _BATCH]]
        bulk.insert(Presence, ("subject_id", *_PRESENCE), known)
    campaigns = list(Campaign._base_manager.all())
    for number in range(CAMPAIGNS - len(campaigns)):
        like = campaigns[number % len(campaigns)]
        campaigns.append(_copy(like, tie_value=f"{like.tie_value[:40]}-{number}", heat=like.heat - number / 1_000))
    Campaign._base_manager.bulk_create([one for one in campaigns if one.pk is None], batch_size=500)
    processes = list(ProcessInstance._base_manager.prefetch_related("participations"))
    parties = [[(one.organization_id, one.is_owner) for one in row.participations.all()] for row in processes]
    copies = [_copy(processes[number % len(processes)], changed_at=at) for number in range(PROCESSES - len(processes))]
    ProcessInstance._base_manager.bulk_create(copies, batch_size=500)
    Participation.objects.bulk_create(
        Participation(instance=row, organization_id=organization, is_owner=is_owner)
        for number, row in enumerate(copies)
        for organization, is_owner in parties[number % len(processes)]
    )


def _copy(row: Any, **changes: Any) -> Any:
    """Return an unsaved copy of a row with a ref of its own."""
    from fanzha.base.ids import sortable_id

    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**fields, "id": None, "ref": sortable_id(), **changes})


@contextmanager
def _sqlite_site(folder: Path) -> Iterator[None]:
    """Name a state folder with a SQLite database to this process."""
    os.environ["FANZHA_HOME"] = str(folder / "home-sqlite")
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
    os.environ["FANZHA_DATABASE_URL"] = ""
    yield


def _type(rounds: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from fanzha.command.organizations.models import Person

    settings.ALLOWED_HOSTS = ["testserver"]
    head = ("who", "requests", "statements", "p50 ms", "p95 ms", "p50 CPU ms", "p95 CPU ms")
    print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for person in Person.objects.filter(email__in=PEOPLE).order_by("email"):
        client = Client(headers={"accept-language": "en"})
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        took, used, statements = [], [], 0
        for round_number in range(rounds + 1):
            for text in TYPED:
                for size in range(2, len(text) + 1):
                    begun, began = time.perf_counter(), time.process_time()
                    with CaptureQueriesContext(connection) if not round_number else nullcontext() as held:
                        answer = client.post("/palette/", {"q": text[:size]}, secure=True)
                    assert answer.status_code == 200, answer.status_code
                    if held is not None:
                        statements = max(statements, len(held))
                    else:  # the first round fills caches
                        took.append(1000 * (time.perf_counter() - begun))
                        used.append(1000 * (time.process_time() - began))
        wall, cpu = (statistics.quantiles(values, n=100, method="inclusive") for values in (took, used))
        mark = "" if wall[94] <= TARGET_MS else " !"
        cells = (f"{wall[49]:.0f}", f"{wall[94]:.0f}{mark}", f"{cpu[49]:.0f}", f"{cpu[94]:.0f}")
        print(f"| {person.email} | {len(took)} | {statements} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()

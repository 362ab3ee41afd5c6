"""How long the list below the search field takes, as one types, on a site of 2,500 subjects and 500 orders.

Usage: python -m benchmarks.palette FOLDER [--database sqlite|postgresql] [--rounds 20]

The site is filled as by `benchmarks.fill_site --copies 1`, the first time. Told are milliseconds of the whole request
within one process, in wall time and in processor time of that process, by who types.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
            from benchmarks.fill_site import fill

            fill(1)
            mark.touch()
        _type(given.rounds)


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
    from django.test import Client

    from fanzha.command.organizations.models import Person

    settings.ALLOWED_HOSTS = ["testserver"]
    print("| who | requests | p50 ms | p95 ms | p50 CPU ms | p95 CPU ms |\n| --- | --- | --- | --- | --- | --- |")
    for person in Person.objects.filter(email__in=PEOPLE).order_by("email"):
        client = Client(headers={"accept-language": "en"})
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        took, used = [], []
        for round_number in range(rounds + 1):
            for text in TYPED:
                for size in range(2, len(text) + 1):
                    begun, began = time.perf_counter(), time.process_time()
                    answer = client.post("/palette/", {"q": text[:size]}, secure=True)
                    assert answer.status_code == 200, answer.status_code
                    if round_number:  # the first fills caches
                        took.append(1000 * (time.perf_counter() - begun))
                        used.append(1000 * (time.process_time() - began))
        wall, cpu = (statistics.quantiles(values, n=100, method="inclusive") for values in (took, used))
        mark = "" if wall[94] <= TARGET_MS else " !"
        print(
            f"| {person.email} | {len(took)} | {wall[49]:.0f} | {wall[94]:.0f}{mark} | {cpu[49]:.0f} | {cpu[94]:.0f} |"
        )


if __name__ == "__main__":
    main()

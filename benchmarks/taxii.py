"""How long pages of the TAXII server take at a million indicators: the first, the middle, the last, and what is new.

Usage: python -m benchmarks.taxii [--objects 1000000] [--page 2000] [--repeats 7]

The site runs as one process without its other components. Objects are indicators of made-up sites, written as the
worker writes them. Told are the median and the longest of some repeats in milliseconds, from sending to the last byte;
all places are asked in turn within one run, so that the load of the machine moves them alike. `delta` adds 1,000
objects and reads them by `added_after`. `type` matches a type that few objects have.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fanzha.run.component import component_command
from fanzha.run.demo_screening import free_port

TAXII = "application/taxii+json;version=2.1"
BATCH = 5_000
AT = 1_793_606_400_000


def main() -> None:
    """Fill a site, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--page", type=int, default=2_000)
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"FANZHA_HOME": name, "DJANGO_SETTINGS_MODULE": "fanzha.command.web.settings"}
        subprocess.run(component_command("migrate"), check=True, stdout=subprocess.DEVNULL)
        began = time.perf_counter()
        collection, secret = fill(asked.objects)
        print(
            json.dumps(
                {"objects": asked.objects, "written a second": round(asked.objects / (time.perf_counter() - began))}
            )
        )
        port = free_port()
        site = subprocess.Popen(component_command("site", "127.0.0.1", str(port), "1"))
        try:
            client = TaxiiReader(f"http://127.0.0.1:{port}/taxii2/fanzha/collections/{collection}/objects/", secret)
            client.wait()
            for line in measure(client, asked, collection):
                print(json.dumps(line))
        finally:
            site.terminate()
            site.wait(30)
        size = sum(file.stat().st_size for file in Path(name).glob("fanzha.sqlite3*"))
        print(json.dumps({"database MB": round(size / 1e6)}))


def fill(count: int) -> tuple[str, str]:
    """Write indicators into a collection; return its id and the key of a reader."""
    import django

    django.setup()
    from django.utils import timezone

    from fanzha.base.words import Words
    from fanzha.command.exchange.services import CollectionDraft, grant_reader, make_collection
    from fanzha.command.organizations.models import ApiKey, Organization
    from fanzha.command.organizations.selectors import build_viewer

    names = [{"name_zh": name, "name_en": name, "kind": "centre", "simulated": True} for name in ("owner", "reader")]
    owner, reader = (Organization.objects.create(**fields) for fields in names)
    viewer = build_viewer(owner, {"liaison"}, None)._replace(key=ApiKey.make(owner, "owner")[0].pk)
    made = make_collection(CollectionDraft(Words("基准", "benchmark")), viewer)
    grant_reader(made, reader, "benchmark", viewer)
    add(str(made.taxii_id), 0, count, timezone.now())
    _, secret = ApiKey.make(reader, "taxii", scopes=["exchange:read"], per_minute=1_000_000)
    return str(made.taxii_id), secret


def add(taxii_id: str, first: int, count: int, at: Any) -> None:
    """Add indicators to the collection."""
    from django.db import transaction

    from fanzha.base.marking import Marking
    from fanzha.claims.verdict import Level
    from fanzha.command.exchange.models import Collection
    from fanzha.command.exchange.object_store import add_objects, encode_object, lock_collection
    from fanzha.share.items import SharedVerdict, SharingOrganization
    from fanzha.share.stix import StixWriter

    writer = StixWriter(SharingOrganization(ref="owner", name_zh="owner", name_en="owner", since=AT), b"benchmark")
    pk = Collection._base_manager.get(taxii_id=taxii_id).pk
    for start in range(first, first + count, BATCH):
        verdicts = [
            SharedVerdict(
                key=str(number),
                subject_kind="website",
                subject=f"s{number}.example.com",
                level=Level.SUSPECTED,
                score=0.9,
                created_at=AT,
                modified_at=AT,
                valid_from=AT,
                marking=Marking.AMBER,
                fraud_type="phishing",
                campaigns=("C1",) if number % 100_000 == 50_000 else (),
            )
            for number in range(start, min(start + BATCH, first + count))
        ]
        objects = [encode_object(one, Marking.AMBER) for verdict in verdicts for one in writer.write_verdict(verdict)]
        with transaction.atomic():
            locked = lock_collection(pk)
            add_objects(locked, objects, locked.owner_id, at)


class TaxiiReader:
    """Reads pages of a collection."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {secret}", "Accept": TAXII}

    def wait(self) -> None:
        """Wait until the site answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError):
                self.get(limit=1)
                return
            time.sleep(0.1)
        sys.exit("the site does not answer")

    def get(self, **query: Any) -> tuple[float, dict[str, Any], str]:
        """Return milliseconds, body and the time of the last object of a page."""
        request = urllib.request.Request(f"{self._url}?{urlencode(query)}", headers=self._headers)
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60) as response:
            body, last = response.read(), response.headers.get("X-TAXII-Date-Added-Last", "")
        return 1_000 * (time.perf_counter() - began), json.loads(body), last


def measure(client: TaxiiReader, asked: argparse.Namespace, collection: str) -> Iterator[dict[str, Any]]:
    """Yield what each place took."""
    from django.utils import timezone

    from fanzha.command.exchange.models import SharedObject
    from fanzha.command.exchange.taxii import write_next

    last_row = SharedObject._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    places = {"first": 0, "middle": last_row // 2, "last": last_row - asked.page}
    taken: dict[str, list[float]] = {name: [] for name in (*places, "type", "delta")}
    last = client.get(limit=1, next=write_next(last_row - 1))[2]
    for repeat in range(asked.repeats + 1):
        add(collection, asked.objects + 1_000 * repeat, 1_000, timezone.now())
        times = {}
        places["last"] = last_row + 1_000 * (repeat + 1) - asked.page
        for name, row in places.items():
            times[name], body, _ = client.get(limit=asked.page, next=write_next(row))
            assert len(body["objects"]) == asked.page
        times["type"], body, _ = client.get(**{"match[type]": "relationship", "limit": asked.page})
        times["delta"], body, last = client.get(limit=10_000, added_after=last)
        assert len(body["objects"]) == 1_000, len(body["objects"])
        for name, ms in times.items() if repeat else ():
            taken[name].append(ms)
    for name, found in taken.items():
        yield {"place": name, "median ms": round(statistics.median(found), 1), "longest ms": round(max(found), 1)}
    ratio = statistics.median(taken["last"]) / statistics.median(taken["first"])
    yield {"last over first": round(ratio, 2)}


if __name__ == "__main__":
    main()

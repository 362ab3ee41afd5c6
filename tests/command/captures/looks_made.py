"""Looks of tests: asked for by an organisation, with evidence as the fetcher writes it and no browser."""

import hashlib
from pathlib import Path

import msgspec
from django.utils import timezone
from tests.command.web.test_screenshots import png

from fanzha.collect.pages.look_folder import write_folder
from fanzha.collect.pages.page_facts import build_page_facts
from fanzha.collect.pages.page_inventory import PageInventory
from fanzha.collect.pages.page_visit import PageCapture
from fanzha.command.captures.models import Capture
from fanzha.command.captures.services import record_outcomes, request_look
from fanzha.command.organizations.models import Organization
from fanzha.command.web.scoping import unscoped
from fanzha.store.look_queue import evidence_folder, open_look_queue
from fanzha.store.look_record import (
    BrandLikeness,
    DownloadFacts,
    LookRecord,
    PageDifference,
    PageForm,
    PageRequest,
    PersonaVisit,
)
from fanzha.store.private_files import create_private_folder, write_private_file

URL = "http://login.bank-example.test/m/"
SCRIPT = "ab" * 32


def make_record(url: str = URL, *, asks: tuple[str, ...] = ("card", "sms_code"), cloaked: bool = True) -> LookRecord:
    """Return the record of a page that shows its form to telephones only, unless it asks for nothing."""
    facts = build_page_facts(PageInventory(url=url, title="Bank"), (), ())
    phone = PersonaVisit(
        "phone", url, 200, "网上银行", "text", facts=facts, dom="d", screenshot="s",
        forms=(PageForm("https://collector.example/p", "post", asks),) if asks else (),
        requests=(PageRequest(f"{url}kit.js", "GET", "Script", 200, "text/javascript", 900, SCRIPT),),
    )  # fmt: skip
    desktop = PersonaVisit("desktop", url, 404, dom="d")
    difference = PageDifference("asks", "desktop", "phone", "– / card", True)
    brands = (BrandLikeness("bank.example", "icon", "bank.png", 3),) if asks else ()
    return LookRecord(
        url, 1_795_998_000_000, "namespaces", visits=(desktop, phone), brands=brands,
        differences=(difference,) if cloaked else (),
    )  # fmt: skip


def write_evidence(ref: str, record: LookRecord) -> Path:
    """Write the evidence of a look and its outcome, as the fetcher does."""
    folder = evidence_folder(ref)
    visits = [PageCapture(visit, png() if visit.persona == "phone" else b"", b"<p>") for visit in record.visits]
    write_folder(folder, record, visits)
    with open_look_queue() as queue:
        queue.begin(0)
        queue.end(ref, record.at)
    return folder


def hand_out(ref: str, data: bytes, name: str = "app.apk") -> DownloadFacts:
    """Store a file that the page of a look handed out; return its facts."""
    digest = hashlib.sha256(data).hexdigest()
    folder = create_private_folder(evidence_folder(ref) / "downloads")
    write_private_file(folder / digest, data)
    return DownloadFacts("http://login.bank-example.test/app.apk", name, len(data), digest)


def seen(owner: Organization, record: LookRecord | None = None, url: str = URL, **facts: object) -> Capture:
    """Return a look that was made and recorded; `facts` change its record."""
    record = record or make_record(url)
    capture = request_look(owner, url, "desk", asked_by="person:1")
    write_evidence(capture.ref, msgspec.structs.replace(record, **facts) if facts else record)
    record_outcomes(timezone.now())
    with unscoped("test"):
        return Capture.objects.select_related("owner").get(ref=capture.ref)

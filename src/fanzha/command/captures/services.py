"""Ask for looks at pages, record what was seen, and hand a page on to the process that decides.

The request only queues a look; the fetcher makes it in a sandbox of its own, never in the session of who asks.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
from django.db import OperationalError
from django.db.models import Q
from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.captures.look_events import write_look_event
from fanzha.command.captures.models import Capture, CapturedAsset, CaptureSource, CaptureState
from fanzha.command.captures.page_findings import SECRETS, find_page_findings, strange_brands
from fanzha.command.captures.selectors import find_evidence_file, find_innocent_assets, load_evidence
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import About, fire, open_process, store_for_organization
from fanzha.command.subjects.services import submit_findings
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.kinds.website import KIND as WEBSITE
from fanzha.kinds.website import registrable
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.look_queue import LookOutcome, evidence_folder, open_look_queue
from fanzha.store.look_record import LookRecord, PersonaVisit
from fanzha.store.look_settings import load_look_settings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

__all__ = [
    "CaptureSource",
    "MOST_PLANNED",
    "describe_facts",
    "open_site_process",
    "is_looking",
    "list_assets",
    "page_host",
    "plan_looks",
    "record_outcomes",
    "remove_evidence",
    "remove_orphans",
    "request_look",
    "request_looks_at_hosts",
]

log = logging.getLogger(__name__)
_UNSCOPED = unscoped("looks are recorded for the organisations that asked for them")
NO_PAGE = Words("请填写以 http:// 或 https:// 开头的网址", "enter an address that begins with http:// or https://")
HANDED_ON = Words("已移送处置流程", "it was handed on before")
NOT_SEEN = Words("尚未取得网页内容", "nothing was seen of the page yet")
LONGEST_URL = 2_000
#: Placeholder of the process ref within the transaction that opens the process.
_OPENING = "-"
_ONE_DAY = timedelta(days=1)
#: Looks that one step may plan, and how old a look is that is not made again.
MOST_PLANNED = 20
_FRESH = timedelta(minutes=10)
_MOST_SEEN = 500
_URGENCY = {
    CaptureSource.DESK: 1,
    CaptureSource.PROBE: 3,
    CaptureSource.MEASURE: 2,
    CaptureSource.REPORT: 4,
    CaptureSource.WATCH: 6,
}


def request_look(
    owner: Organization,
    url: str,
    source: CaptureSource | str,
    *,
    asked_by: str = "",
    about: str = "",
    simulated: bool = False,
    now: datetime | None = None,
) -> Capture:
    """Queue a look at a page for an organisation. Raise Refusal for a URL that is no page.

    A look at the same URL that still waits is returned instead of a second one. `asked_by` is the reference of a
    person or key, `about` of what the look is for.
    """
    now, url, source = now or timezone.now(), url.strip(), CaptureSource(source)
    host = page_host(url)
    rows = _UNSCOPED.rows(Capture).filter(owner=owner, url=url, state=CaptureState.WAITING)
    if (waiting := rows.first()) is not None:
        return waiting
    with recorded() as log:
        capture = Capture(
            owner=owner, url=url, host=host, source=source, about=about, asked_by=asked_by, asked_at=now,
            simulated=simulated or owner.simulated,
        )  # fmt: skip
        capture.save()
        log.add(Draft("look_requested", to_ms(now), asked_by, owner.ref, about=capture.ref, facts={"source": source}))
    with open_look_queue() as queue:
        queue.add(capture.ref, url, to_ms(now), urgency=_URGENCY[source])
    return capture


def is_looking() -> bool:
    """Return whether the site looks at pages by itself: `[look]` is enabled."""
    return load_look_settings().enabled


def request_looks_at_hosts(owner: Organization, hosts: Iterable[str], now: datetime) -> int:
    """Queue looks at the start pages of new hosts; return how many. Nothing is queued unless `[look]` is enabled.

    A host that was looked at for the watch within a day is left out, and so is a name that no site can have.
    """
    wanted = list(dict.fromkeys(hosts))
    if not wanted or not is_looking():
        return 0
    recent = _UNSCOPED.rows(Capture).filter(owner=owner, source=CaptureSource.WATCH, host__in=wanted)
    known = set(recent.filter(asked_at__gt=now - _ONE_DAY).values_list("host", flat=True))
    queued = 0
    for host in wanted:
        if host in known or "*" in host:
            continue
        with suppress(Refusal):  # names of certificates may be none of a site
            request_look(owner, f"http://{host}/", CaptureSource.WATCH, now=now)
            queued += 1
    return queued


def plan_looks(owner: Organization, hosts: Iterable[str], about: str, now: datetime) -> int:
    """Plan fresh looks at hosts before a measure or for an appeal; return how many.

    The pages seen there last are looked at, else the start pages. Only rows are written, because the requesting step
    may be rolled back; the recurring job queues them. `about` is the ref of the process. A page with a waiting look,
    or with one within ten minutes, is left out.
    """
    wanted = list(dict.fromkeys(hosts))[:MOST_PLANNED]
    if not wanted or not is_looking():
        return 0
    rows = _UNSCOPED.rows(Capture).filter(owner=owner, host__in=wanted)
    fresh = rows.filter(Q(state=CaptureState.WAITING) | Q(asked_at__gt=now - _FRESH))
    done = set(fresh.values_list("host", flat=True))
    seen = rows.filter(state=CaptureState.SEEN).order_by("pk").values_list("host", "url")
    pages = dict(list(seen.reverse()[:_MOST_SEEN])[::-1])
    planned = []
    for host in wanted:
        url = pages.get(host) or f"http://{host}/"
        with suppress(Refusal):
            if host not in done and page_host(url) == host:
                planned.append(url)
    with recorded() as log:
        for url in planned:
            capture = Capture(
                owner=owner, url=url, host=page_host(url), source=CaptureSource.MEASURE, about=about, asked_at=now,
                simulated=owner.simulated,
            )  # fmt: skip
            capture.save()
            facts = {"source": CaptureSource.MEASURE.value}
            log.add(Draft("look_requested", to_ms(now), "", owner.ref, process=about, about=capture.ref, facts=facts))
    return len(planned)


def page_host(url: str) -> str:
    """Return the canonical host of the URL of a page. Raise Refusal if it is none."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or len(url) > LONGEST_URL or any(sign.isspace() for sign in url):
            raise Malformed("no page")
        return WEBSITE.normalise(parts.hostname or "")[:255]
    except (Malformed, ValueError):
        raise Refusal(Reason.EVIDENCE, NO_PAGE, fields={"url": NO_PAGE}) from None


def record_outcomes(now: datetime) -> int:
    """Record the looks that ended; return how many. Looks that were not queued when the site stopped are queued."""
    with open_look_queue() as queue:
        outcomes = queue.outcomes()
        for outcome in outcomes:
            _record(outcome)
            queue.acknowledge(outcome.id)
        known = now.timestamp() * 1000
        for capture in _UNSCOPED.rows(Capture).filter(state=CaptureState.WAITING)[:200]:
            queue.add(capture.ref, capture.url, int(known), urgency=_URGENCY[CaptureSource(capture.source)])
    return len(outcomes)


def _record(outcome: LookOutcome) -> None:
    capture = _UNSCOPED.rows(Capture).select_related("owner").filter(ref=outcome.key).first()
    if capture is None or capture.state != CaptureState.WAITING:
        return
    record = None if outcome.problem else load_evidence(capture)
    if record is not None:
        for hooks in _load_hooks():
            hooks.after_look(capture, record)
    if record is None or (visit := record.telling_visit) is None:
        _record_failure(capture, outcome, outcome.problem or _explain(record))
        return
    try:
        _record_sight(capture, record, visit)
    except (OSError, OperationalError):
        raise  # disk or database: it is tried again
    except Exception:
        log.exception("the look %s cannot be recorded", capture.ref)
        capture.refresh_from_db()
        _record_failure(capture, outcome, "the evidence cannot be recorded")


@cache
def _load_hooks() -> tuple[ModuleType, ...]:
    """Return the modules `capture_hooks` of higher apps: they use what looks brought, before it is recorded."""
    return tuple(app_modules("capture_hooks"))


def _record_failure(capture: Capture, outcome: LookOutcome, problem: str) -> None:
    problem = problem.replace("\0", "")[:500]
    capture.state, capture.problem, capture.looked_at = CaptureState.FAILED, problem, from_ms(outcome.at)
    with recorded() as entries:
        capture.save()
        entries.add(Draft("look_failed", outcome.at, "", capture.owner.ref, about=capture.ref))


def _record_sight(capture: Capture, record: LookRecord, visit: PersonaVisit) -> None:
    """Record a page that was seen with its parts. Its findings are submitted first: twice the same ones count once."""
    assets = list_assets(record, visit)
    innocent = find_innocent_assets(capture.owner_id, assets, _UNSCOPED)
    # The icon of a page that looks like a brand is the brand's: unrelated imitators copy it, too.
    tying = _TYING - {"icon"} if record.brands else _TYING
    kits = [f"{kind}:{value}" for kind, value in assets if kind in tying and (kind, value) not in innocent]
    findings = find_page_findings(record, capture.owner.ref, kits, simulated=capture.simulated)
    brands = strange_brands(record.brands, urlsplit(visit.final_url).hostname or "")
    capture.state, capture.looked_at = CaptureState.SEEN, from_ms(record.at)
    capture.title, capture.final_url = (
        visit.title[:500].replace("\0", ""),
        visit.final_url[:LONGEST_URL].replace("\0", ""),
    )
    capture.asks, capture.is_cloaked = sorted(SECRETS & set(visit.asks)), record.is_cloaked
    capture.brand = brands[0].brand[:255] if brands else ""
    capture.icon = visit.icon.murmur if visit.icon else None
    capture.score = max((finding.score for finding in findings), default=None)
    manifest = evidence_folder(capture.ref) / "manifest.json"
    capture.manifest = hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else ""
    if not capture.simulated:
        write_look_event(capture.owner, record, kits)
    if findings:
        submit_findings(b"\n".join(map(msgspec.json.encode, findings)), capture.owner)
    with recorded() as log:
        capture.save()
        rows = [CapturedAsset(owner=capture.owner, capture=capture, kind=kind, value=value) for kind, value in assets]
        _UNSCOPED.rows(CapturedAsset).bulk_create(rows)
        facts = {"manifest": capture.manifest, "isolation": record.isolation, "findings": len(findings)}
        log.add(Draft("page_seen", record.at, "", capture.owner.ref, about=capture.ref, facts=facts))


#: Parts that tie pages; addresses and certificates of large hosts are shared by strangers.
_TYING = frozenset({"script", "icon", "target", "tracker", "certificate"})


def list_assets(record: LookRecord, visit: PersonaVisit) -> list[tuple[str, str]]:
    """Return the parts of a page by which it may be known elsewhere: own scripts, icon, form targets and so on."""
    host = urlsplit(visit.final_url).hostname or ""
    domain = registrable(host) or host
    found = [
        ("script", request.sha256)
        for request in visit.requests
        if request.type == "Script"
        and request.sha256
        and request.size >= _SMALLEST_SCRIPT
        and _is_own(request.url, domain)
    ]
    found += [("icon", visit.icon.sha256)] if visit.icon else []
    found += [("target", target) for form in visit.forms if (target := _target(form.action, domain))]
    found += [("tracker", tracker) for tracker in visit.trackers]
    if visit.certificate and visit.certificate.sha256:
        found.append(("certificate", visit.certificate.sha256))
    found += [("address", each.address) for each in record.connections if each.host == host and each.address][:1]
    return list(dict.fromkeys((kind, value[:255].replace("\0", "")) for kind, value in found))[:60]


#: Smaller scripts are on many pages by chance.
_SMALLEST_SCRIPT = 200


def _is_own(url: str, domain: str) -> bool:
    host = urlsplit(url).hostname or ""
    return (registrable(host) or host) == domain


def _target(action: str, domain: str) -> str:
    """Return the host that a form sends to, "" for the site itself."""
    try:
        host = urlsplit(action).hostname or ""
    except ValueError:
        return ""
    return host if host and (registrable(host) or host) != domain else ""


def _explain(record: LookRecord | None) -> str:
    if record is None:
        return "the evidence cannot be read"
    reasons = [record.problem, *(visit.ended_by for visit in record.visits)]
    reasons += [each.refused for each in record.connections if each.refused]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or "no answer"


def open_site_process(viewer: Viewer, capture: Capture, *, victims: bool) -> str:
    """Open the process of a site or app for a page that was seen, with its evidence; return its ref. Raise Refusal."""
    record = load_evidence(capture)
    if capture.process:
        raise Refusal(Reason.STATE, HANDED_ON)
    if capture.state != CaptureState.SEEN or record is None or (visit := record.telling_visit) is None:
        raise Refusal(Reason.STATE, NOT_SEEN)
    actor = to_actor(viewer)
    evidence = {"kind": "site", "indicator": capture.host, "live_victims": "urgent" if victims else "plain"}
    about = About(title=capture.host, simulated=capture.simulated)
    files = {
        "page_hash": find_evidence_file(capture, "manifest.json"),
        "screenshot": find_evidence_file(capture, f"{visit.persona}.png"),
    }
    stored = {name: store_for_organization(path.read_bytes(), capture.owner_id) for name, path in files.items() if path}
    rows = _UNSCOPED.rows(Capture).filter(pk=capture.pk)
    with recorded():
        if not rows.filter(process="").update(process=_OPENING):  # two clicks open one process
            raise Refusal(Reason.STATE, HANDED_ON)
        ref = open_process("indicator", "report", capture.owner, actor, evidence, about=about).ref
        fire(ref, "record_snapshot", actor, {**stored, "facts": describe_facts(capture, record, visit)})
        rows.update(process=ref)
    return ref


def describe_facts(capture: Capture, record: LookRecord, visit: PersonaVisit) -> str:
    """Return names, certificate and endpoints of a page in lines."""
    certificate = visit.certificate
    lines = [
        f"{capture.url} → {visit.final_url}",
        f"SHA-256 {capture.manifest} (manifest.json)",
        f"TLS {certificate.sha256} {certificate.issuer}" if certificate else "",
        f"asks {', '.join(capture.asks)}" if capture.asks else "",
        *(f"{item.kind}: {item.first} / {item.second}: {item.detail}" for item in record.differences if item.cloaks),
        *(f"{each.host}:{each.port} {each.address}" for each in record.connections[:30] if not each.refused),
    ]
    return "\n".join(line for line in lines if line)[:4_000]


def remove_evidence(refs: Iterable[str]) -> int:
    """Remove the evidence of looks that are no more; return how many folders."""
    folders = [evidence_folder(ref) for ref in refs]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return len(folders)


def remove_orphans(now: datetime) -> int:
    """Remove evidence older than a day whose look was deleted when its time was over; return how many folders."""
    root = evidence_folder("x").parent
    before = now.timestamp() - 86_400
    old = [path.name for path in root.glob("*") if path.is_dir() and path.stat().st_mtime < before]
    known = set(_UNSCOPED.rows(Capture).filter(ref__in=old).values_list("ref", flat=True)) if old else set()
    return remove_evidence(name for name in old if name not in known and name.isalnum())

"""Take candidates and forks over from the queue of `fanzha tail-logs`, dismiss candidates, and hand them on."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.captures.selectors import find_suspect_looks
from fanzha.command.captures.services import request_look, request_looks_at_hosts
from fanzha.command.organizations.selectors import get_actor, organizations_by_ref, responsible_person
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import About, is_simulated, open_process
from fanzha.command.reports.selectors import all_reports
from fanzha.command.site_watch.models import CandidateSite, CandidateState, ForkEvidence
from fanzha.command.web.scoping import unscoped
from fanzha.kinds.website import find_links
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.site_watch import (
    LogFork,
    SiteCandidate,
    SiteWatchStore,
    SubmittedName,
    open_site_watch,
    site_watch_path,
)
from fanzha.store.site_watch_settings import load_site_watch_settings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization
    from fanzha.command.reports.models import Report
    from fanzha.command.web.viewer import Viewer

log = logging.getLogger(__name__)

_UNSCOPED = unscoped("candidates are taken over for the organisation that the settings name")
PROCESS = "indicator"
#: The source of names in reports of the public.
REPORTS = "reports"
LONGEST_REASON = 500
_BATCH, _BATCHES = 500, 40
#: A look waits for a day at most; a second day for a page that is looked at again.
_LOOK_WAIT, _FRESH_LOOK = timedelta(days=2), timedelta(days=1)


def import_candidates(now: datetime) -> int:
    """Take over what the watch of new sites found, for the organisation of the settings; return how many candidates.

    Each is taken over once, also after a process was killed in between. Without an owner they wait in the queue.
    """
    if not site_watch_path().is_file():
        return 0
    ref = load_site_watch_settings().owner
    owner = organizations_by_ref([ref]).get(ref) if ref else None
    if owner is None:
        log.warning("candidates of new sites wait: owner in [site_watch] of fanzha.toml names no organisation")
        return 0
    imported = 0
    with open_site_watch() as store:
        _import_forks(store, owner)
        for _ in range(_BATCHES):
            candidates = store.candidates(_BATCH)
            if not candidates:
                break
            rows = [_row(candidate, owner, now) for candidate in candidates]
            _UNSCOPED.rows(CandidateSite).bulk_create(rows, ignore_conflicts=True)
            request_looks_at_hosts(owner, (row.host for row in rows if row.is_within), now)
            store.acknowledge(candidates[-1].id)
            imported += len(candidates)
        imported += _import_mentions(store, owner, now)
    return imported


def _import_mentions(store: SiteWatchStore, owner: Organization, now: datetime) -> int:
    """Take over names that mention a brand and were released for a look, and ask for the looks."""
    mentions = store.mentions(_BATCH)
    if mentions:
        rows = [_row(mention, owner, now) for mention in mentions]
        _UNSCOPED.rows(CandidateSite).bulk_create(rows, ignore_conflicts=True)
        request_looks_at_hosts(owner, (row.host for row in rows), now)
        store.acknowledge_mentions(mention.id for mention in mentions)
    return len(mentions)


def list_suspect_mentions(now: datetime) -> int:
    """Put names that mention a brand on the desk if a look found their page suspect; return how many.

    The score becomes that of the page. A look of the day before counts, since none is made again within a day; older
    looks, and names older than the longest wait for a look, are left alone.
    """
    rows = _UNSCOPED.rows(CandidateSite).filter(
        is_mention=True, is_suspect=False, state=CandidateState.OPEN, imported_at__gt=now - _LOOK_WAIT
    )
    listed = 0
    for owner in rows.order_by().values_list("owner", flat=True).distinct():
        waiting = {row.host: row for row in rows.filter(owner=owner)}
        for look in find_suspect_looks(owner, waiting, now - _LOOK_WAIT - _FRESH_LOOK, _UNSCOPED):
            row = waiting[look.host]
            if look.looked_at is not None and look.looked_at >= row.imported_at - _FRESH_LOOK:
                listed += rows.filter(pk=row.pk).update(is_suspect=True, score=look.score)
    return listed


def submit_reported_sites(now: datetime) -> int:
    """Hand the sites and links in new reports of the public to the watch; return how many.

    Only reports to the organisation of the settings count, since the candidates are its own. Who reported is left out.
    """
    settings = load_site_watch_settings()
    owner = organizations_by_ref([settings.owner]).get(settings.owner) if settings.owner else None
    if owner is None or not settings.is_active():
        return 0
    with open_site_watch() as store:
        last, _ = store.position(REPORTS)
        reports = all_reports(_UNSCOPED).filter(owner=owner, pk__gt=last).order_by("pk")[:_BATCH]
        at = to_ms(now)
        names = [SubmittedName(host, report.ref, at) for report in reports for host in _reported_hosts(report)]
        if reports:
            store.submit_names(REPORTS, names, reports[len(reports) - 1].pk)
    return len(names)


def _reported_hosts(report: Report) -> set[str]:
    hosts = {link.location.host for link in find_links(report.text)}
    return hosts | ({report.value} if report.subject_kind == "website" else set())


def dismiss_candidate(candidate: CandidateSite, viewer: Viewer, reason: str) -> None:
    """Dismiss a candidate as innocent, with the reason. Raise Refusal."""
    text = reason.strip()
    if not text or len(text) > LONGEST_REASON:
        words = Words("请填写理由，不超过500字", "state the reason, in at most 500 characters")
        raise Refusal(Reason.EVIDENCE, words, fields={"reason": words})
    with recorded() as entries:
        _decide(candidate, viewer, CandidateState.DISMISSED, reason=text)
        entries.add(_draft("site_candidate_dismissed", candidate, viewer))


def look_at_candidate(candidate: CandidateSite, viewer: Viewer) -> str:
    """Have the page of a candidate looked at in the sandbox; return the ref of the look. Raise Refusal."""
    actor = get_actor(viewer).ref
    capture = request_look(candidate.owner, f"https://{candidate.host}/", "watch", asked_by=actor, about=candidate.ref)
    _UNSCOPED.rows(CandidateSite).filter(pk=candidate.pk).update(capture=capture.ref)
    return capture.ref


def hand_on_candidate(candidate: CandidateSite, viewer: Viewer) -> str:
    """Open the process of a phishing site for a candidate and return its ref. Raise Refusal."""
    about = About(title=candidate.subject)
    about = About(title=candidate.subject, simulated=is_simulated(candidate.owner, about, viewer.organization))
    evidence = {"kind": "site", "indicator": candidate.host, "live_victims": "plain"}
    with recorded() as entries:
        _decide(candidate, viewer, CandidateState.HANDED_ON)
        instance = open_process(PROCESS, "report", candidate.owner, to_actor(viewer), evidence, about=about)
        _UNSCOPED.rows(CandidateSite).filter(pk=candidate.pk).update(process=instance.ref)
        entries.add(_draft("site_candidate_handed_on", candidate, viewer, process=instance.ref))
    return instance.ref


def _decide(candidate: CandidateSite, viewer: Viewer, state: CandidateState, *, reason: str = "") -> None:
    person = responsible_person(get_actor(viewer))
    rows = _UNSCOPED.rows(CandidateSite).filter(pk=candidate.pk, state=CandidateState.OPEN)
    if not rows.update(state=state, reason=reason, decided_by=person, decided_at=timezone.now()):
        raise Refusal(Reason.STATE, Words("已有人处理", "somebody decided it already"))


def _draft(kind: str, candidate: CandidateSite, viewer: Viewer, process: str = "") -> Draft:
    actor, at = get_actor(viewer).ref, to_ms(timezone.now())
    return Draft(kind, at, actor, candidate.owner.ref, process=process, about=candidate.ref)


def _row(candidate: SiteCandidate, owner: Organization, now: datetime) -> CandidateSite:
    return CandidateSite(
        owner=owner,
        subject=candidate.subject,
        host=candidate.host,
        brand=candidate.brand,
        score=candidate.score,
        sentence_zh=candidate.sentence_zh,
        sentence_en=candidate.sentence_en,
        evidence=json.loads(candidate.evidence),
        source=candidate.source[:200],
        reference=candidate.reference[:40],
        seen_at=from_ms(candidate.seen_at),
        is_within=candidate.is_within,
        is_mention=candidate.is_mention,
        imported_at=now,
    )


def _import_forks(store: SiteWatchStore, owner: Organization) -> None:
    names = {cursor.log_id: cursor.name for cursor in store.cursors()}
    rows = [_fork(fork, names.get(fork.log_id, ""), owner) for fork in store.forks()]
    known = set(_UNSCOPED.rows(ForkEvidence).filter(owner=owner).values_list("log_id", "found_at"))
    new = [row for row in rows if (row.log_id, row.found_at) not in known]
    if not new:
        return
    with recorded() as entries:
        _UNSCOPED.rows(ForkEvidence).bulk_create(new, ignore_conflicts=True)
        for row in new:
            facts = {"log": row.log_name, "log_id": row.log_id}
            entries.add(Draft("log_forked", to_ms(row.found_at), "", owner.ref, facts=facts))


def _fork(fork: LogFork, name: str, owner: Organization) -> ForkEvidence:
    return ForkEvidence(
        owner=owner,
        log_id=fork.log_id.hex(),
        log_name=name,
        known=fork.known.decode("utf-8", "replace"),
        other=fork.other.decode("utf-8", "replace"),
        problem=fork.problem[:500],
        found_at=from_ms(fork.found_at),
    )

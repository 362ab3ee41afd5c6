"""Check the filings of hosted sites, look at their pages by the prober, and count how much was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from fanzha.base.clock import from_ms, to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.hosting.filing_numbers import FilingFault, parse_filing, same_filing, same_name, security_fault
from fanzha.command.hosting.models import HostedSite, SiteCheck
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.kinds.website import is_address
from fanzha.processes.log.entry import Draft
from fanzha.store.probe_queue import ProbePurpose, ProbeRecord, SiteState, open_probes
from fanzha.store.probe_settings import load_prober_settings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("the prober looks at the sites of all providers")

_BATCH = 500
_CHECKED = ("state", "faults", "looked_at", "shown_filing")


def find_faults(site: HostedSite, today: date) -> list[FilingFault]:
    """Return what is wrong with a site by its filing, and by the page if it was looked at."""
    faults = []
    filing = parse_filing(site.filing) if site.filing else None
    if not site.filing:
        faults.append(FilingFault.MISSING)
    elif filing is None:
        faults.append(FilingFault.MALFORMED)
    if site.filing_until is not None and site.filing_until < today:
        faults.append(FilingFault.EXPIRED)
    if site.filing_name and not same_name(site.filing_name, site.customer):
        faults.append(FilingFault.NAME_DIFFERS)
    if site.security_filing and (fault := security_fault(site.security_filing)):
        faults.append(fault)
    if site.looked_at is not None and site.state != SiteCheck.GONE and filing is not None:
        if not site.shown_filing:
            faults.append(FilingFault.NOT_SHOWN)
        elif not same_filing(site.shown_filing, site.filing):
            faults.append(FilingFault.OTHER_SHOWN)
    return faults


def check_sites(sites: Iterable[HostedSite], today: date) -> int:
    """Check sites and store the result; return how many have faults."""
    changed = list(sites)
    for site in changed:
        site.faults = [fault.value for fault in find_faults(site, today)]
        if site.state != SiteCheck.GONE:
            site.state = _conclude(site)
    _UNSCOPED.rows(HostedSite).bulk_update(changed, _CHECKED, batch_size=_BATCH)
    return sum(bool(site.faults) for site in changed)


def _conclude(site: HostedSite) -> SiteCheck:
    if site.faults:
        return SiteCheck.FAULTY
    return SiteCheck.CLEAN if site.looked_at is not None else SiteCheck.NEVER


def check_all_sites(now: datetime) -> None:
    """Check all active sites: filings expire by themselves."""
    today = timezone.localdate(now)
    rows = _UNSCOPED.rows(HostedSite).filter(is_active=True).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        check_sites(batch, today)
        last = batch[-1].pk


def look_at_sites(now: datetime) -> None:
    """Have the prober look at sites, and store what it saw."""
    if load_prober_settings() is None:
        return
    hosts = _UNSCOPED.rows(HostedSite).filter(is_active=True).values_list("host", flat=True).distinct()
    with open_probes() as queue:
        queue.watch(ProbePurpose.INVENTORY, hosts.iterator(), to_ms(now))
        while found := queue.unread(ProbePurpose.INVENTORY, _BATCH):
            _record_looks([record for _, record in found])
            queue.mark_read(ProbePurpose.INVENTORY, found[-1][0])


def _record_looks(records: list[ProbeRecord]) -> None:
    """Store looks whose network worked; a site that does not answer has no faults of its page."""
    latest = {record.host: record for record in records if record.network_worked}
    sites = list(_UNSCOPED.rows(HostedSite).filter(host__in=latest, is_active=True))
    for site in sites:
        record = latest[site.host]
        site.looked_at, site.shown_filing = from_ms(record.at), record.filing
        is_there = record.status > 0 and record.state in (SiteState.UP, SiteState.UNKNOWN)
        site.state = SiteCheck.NEVER if is_there else SiteCheck.GONE
        if not site.address and is_there and not is_address(site.host):
            site.address = record.addresses.partition(" ")[0]
    check_sites(sites, timezone.localdate())
    _UNSCOPED.rows(HostedSite).bulk_update(sites, ["address"], batch_size=_BATCH)


def hasten_look(sites: Iterable[HostedSite], viewer: Viewer, now: datetime) -> int:
    """Look at sites at once; return how many. It is on record who asked."""
    hosts = [site.host for site in sites]
    with open_probes() as queue:
        queue.hasten(ProbePurpose.INVENTORY, hosts, to_ms(now))
    actor = to_actor(viewer)
    with recorded() as log:
        log.add(
            Draft("hosted_sites_looked_at", to_ms(now), actor.person, actor.organization, facts={"sites": len(hosts)})
        )
    return len(hosts)


def upsert_sites(owner: Organization, sites: Iterable[HostedSite]) -> None:
    """Insert or update sites of a provider by their hosts, and check them; looks stay."""
    rows = list(sites)
    fields = [
        *("customer", "filing", "filing_name", "filing_until", "security_filing", "address"),
        *("is_active", "changed_at"),
    ]
    _UNSCOPED.rows(HostedSite).bulk_create(
        rows, update_conflicts=True, unique_fields=["owner", "host"], update_fields=fields, batch_size=_BATCH
    )
    stored = _UNSCOPED.rows(HostedSite).filter(Q(owner=owner) & Q(host__in=[row.host for row in rows]))
    check_sites(stored, timezone.localdate())

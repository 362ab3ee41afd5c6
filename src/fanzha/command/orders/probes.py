"""Let the prober watch the sites of orders and other processes, and prove or disprove their legs by what it finds.

Sites are watched from the report that a measure was carried out until the leg ends, so that one that is back again is
found too: its leg is disproven and goes to its receiver once more.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from fanzha.base.clock import from_ms, to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.orders.digest_tables import MEASUREMENTS
from fanzha.command.orders.models import Measurement, MeasurementKind, OrderTarget
from fanzha.command.orders.order_settings import load_order_settings
from fanzha.command.orders.order_summary import APPEAL_PROCESS, PROCESS, OrderSummary, summarize_leg
from fanzha.command.orders.proofs import (
    PROBER,
    disprove_proven,
    find_disproof_start,
    find_network,
    prove,
    to_site_probe,
)
from fanzha.command.processes.selectors import find_legs
from fanzha.command.processes.services import ConcurrentStep, RetryLater
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import is_reachable
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Refusal
from fanzha.store.probe_queue import ProbePurpose, ProbeRecord, open_probes
from fanzha.store.probe_settings import load_prober_settings

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg

logger = logging.getLogger(__name__)
_UNSCOPED = unscoped("the prober proves legs of all organisations")

#: States of legs whose effect shows at a site, of orders and of the process `indicator`; one partly carried out, too.
WATCHED_STATES = ("partial", "executed", "verified", "proven", "lifted")
PROVEN_STATES = ("verified", "proven")
_SITES = ("website", "host")
_BATCH = 500


def watch_sites(now: datetime) -> None:
    """Tell the prober which sites to watch."""
    if load_prober_settings() is None:
        return
    legs = _open_legs()
    targets = _UNSCOPED.rows(OrderTarget).filter(instance__in=legs.values("instance"), kind__in=_SITES)
    about = legs.exclude(instance__process__in=(PROCESS, APPEAL_PROCESS)).values("instance__about")
    subjects = find_subjects(_UNSCOPED).filter(ref__in=about, kind__in=_SITES)
    values = {*targets.values_list("value", flat=True), *subjects.values_list("value", flat=True)}
    with open_probes() as queue:
        queue.watch(ProbePurpose.EFFECT, values, to_ms(now))


def ingest_probes(now: datetime) -> None:
    """Ingest what the prober found since the last time, for the legs that are about the probed sites."""
    settings = load_prober_settings()
    if settings is None:
        return
    with open_probes() as queue:
        found = queue.unread(ProbePurpose.EFFECT, _BATCH)
        if found:
            organizations = {vantage.name: vantage.organization for vantage in settings.vantage}
            _ingest([record for _, record in found], organizations)
            queue.mark_read(ProbePurpose.EFFECT, found[-1][0])


def _ingest(records: Iterable[ProbeRecord], organizations: Mapping[str, str]) -> None:
    """Store the records as measurements of the processes that are about their sites, and try to prove the legs."""
    by_host: dict[str, list[ProbeRecord]] = {}
    for record in records:
        by_host.setdefault(record.host, []).append(record)
    legs = _legs_about(by_host)
    values = _site_values(legs)
    for leg in legs:
        since = to_ms(leg.changed_at)
        rows = [
            _build_measurement(leg, record, organizations.get(record.place, ""))
            for value in values[leg.pk]
            for record in by_host.get(value, ())
            if record.at >= since
        ]
        if not rows or (leg.state in PROVEN_STATES and not _is_any_back(leg, rows)):
            continue  # that a site stays away needs no new measurement
        with unscoped("a measurement is for all legs of the process"):
            try:
                _store(leg, _select_news(leg, rows))
                _conclude(leg)
            except Exception:  # one leg must not keep all others waiting
                logger.exception("what probes found could not be concluded for %s/%s", leg.instance.ref, leg.name)


def _build_measurement(leg: Leg, record: ProbeRecord, organization: str) -> Measurement:
    return Measurement(
        instance=leg.instance,
        owner_id=leg.instance.owner_id,
        kind=MeasurementKind.SITE_PROBE,
        value=record.host,
        told={
            "by": PROBER,
            "place": record.place,
            "organization": organization,
            "status": record.status,
            "location": record.location,
            "network_worked": record.network_worked,
            "state": record.state.value,
            "addresses": record.addresses,
            "page_digest": record.page_digest,
        },
        at=from_ms(record.at),
    )


def _select_news(leg: Leg, rows: list[Measurement]) -> list[Measurement]:
    """Return the measurements that differ from the last one of their place since the leg changed."""
    stored = _UNSCOPED.rows(Measurement).filter(
        instance=leg.instance, kind=MeasurementKind.SITE_PROBE, told__by=PROBER, at__gte=leg.changed_at
    )
    start = find_disproof_start(leg)
    hosts = {row.value for row in rows}
    last = {_place(row): _finding(row, start) for row in stored.filter(value__in=hosts).order_by("at", "pk")}
    news = []
    for row in sorted(rows, key=lambda row: row.at):
        if last.get(_place(row)) != (finding := _finding(row, start)):
            last[_place(row)] = finding
            news.append(row)
    return news


def _place(row: Measurement) -> tuple[str, str]:
    return row.value, row.told["place"]


def _finding(row: Measurement, disproof_start: int) -> tuple[object, ...]:
    told = row.told
    values = [told[key] for key in ("organization", "status", "location", "network_worked", "state")]
    return (*values, to_ms(row.at) >= disproof_start)


def _store(leg: Leg, rows: list[Measurement]) -> None:
    if not rows:
        return
    instance = leg.instance
    with recorded() as log:
        created = Measurement.objects.bulk_create(rows)
        log.digest(MEASUREMENTS.model, [row.pk for row in created])
        facts = {"kind": MeasurementKind.SITE_PROBE.value, "probes": len(rows)}
        log.add(Draft("measured", to_ms(rows[-1].at), PROBER, instance.owner.ref, instance.ref, facts=facts))


def _is_any_back(leg: Leg, rows: Iterable[Measurement]) -> bool:
    """Return whether a place that counts for the leg reaches its site."""
    summaries: list[OrderSummary | None] = [None]
    if leg.instance.process in (PROCESS, APPEAL_PROCESS):
        summaries = [*summarize_leg(leg).split()]
    networks = {find_network(summary, leg) for summary in summaries}
    warning_hosts = load_order_settings().warning_hosts
    return any(
        is_reachable(to_site_probe(row), warning_hosts) and not networks.isdisjoint({"", row.told["organization"]})
        for row in rows
    )


def _conclude(leg: Leg) -> None:
    try:
        if leg.state in PROVEN_STATES:
            disprove_proven(leg)
        else:
            prove(leg)
    except RetryLater:  # the worker checks the snapshot again
        return
    except (Refusal, ConcurrentStep) as problem:  # somebody acted meanwhile
        logger.info("%s/%s: %s", leg.instance.ref, leg.name, problem)


def _open_legs() -> QuerySet[Leg]:
    rows = find_legs(_UNSCOPED).filter(state__in=WATCHED_STATES, ended_at=None, instance__ended_at=None)
    return rows.filter(Q(instance__process__in=(PROCESS, APPEAL_PROCESS)) | ~Q(instance__about=""))


def _legs_about(hosts: Collection[str]) -> list[Leg]:
    """Return the open legs of processes that are about some sites."""
    targets = _UNSCOPED.rows(OrderTarget).filter(value__in=hosts, kind__in=_SITES)
    subjects = find_subjects(_UNSCOPED).filter(value__in=hosts, kind__in=_SITES)
    about = Q(instance__in=targets.values("instance")) | Q(instance__about__in=subjects.values("ref"))
    rows = _open_legs().filter(about)
    return list(rows.select_related("instance__owner", "instance__version", "receiver").order_by("pk"))


def _site_values(legs: list[Leg]) -> dict[int, set[str]]:
    """Return the sites that each leg is about, by two queries for all of them."""
    values: dict[int, set[str]] = {leg.pk: set() for leg in legs}
    targets = _UNSCOPED.rows(OrderTarget).filter(instance__in={leg.instance_id for leg in legs}, kind__in=_SITES)
    by_instance: dict[int, set[str]] = {}
    for instance, value in targets.values_list("instance_id", "value"):
        by_instance.setdefault(instance, set()).add(value)
    about = find_subjects(_UNSCOPED).filter(ref__in={leg.instance.about for leg in legs if leg.instance.about})
    subjects = dict(about.filter(kind__in=_SITES).values_list("ref", "value"))
    for leg in legs:
        values[leg.pk] |= by_instance.get(leg.instance_id, set())
        if leg.instance.process not in (PROCESS, APPEAL_PROCESS) and leg.instance.about in subjects:
            values[leg.pk].add(subjects[leg.instance.about])
    return values

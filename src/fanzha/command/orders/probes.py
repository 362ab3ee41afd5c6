"""Let the prober watch the sites of orders and other processes, and prove or disprove their legs by what it finds.

Sites are watched from the report that a measure was carried out until the leg ends, so that one that is back again is
found too: its leg is disproven and goes to its receiver once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from fanzha.base.clock import from_ms, to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.orders.digest_tables import MEASUREMENTS
from fanzha.command.orders.models import Measurement, MeasurementKind, OrderTarget
from fanzha.command.orders.order_summary import APPEAL_PROCESS, PROCESS
from fanzha.command.orders.proofs import disprove_proven, prove
from fanzha.command.processes.selectors import find_legs
from fanzha.command.processes.services import RetryLater
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.store.probe_queue import ProbePurpose, ProbeRecord, SiteState, open_probes
from fanzha.store.probe_settings import load_prober_settings

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg

_UNSCOPED = unscoped("the prober proves legs of all organisations")

#: States of legs whose effect shows at a site, of orders and of the process `indicator`.
WATCHED_STATES = ("executed", "verified", "proven", "lifted")
PROVEN_STATES = ("verified", "proven")
_SITES = ("website", "host")
_BATCH = 500


def watch_sites(now: datetime) -> None:
    """Tell the prober which sites to watch; ingest what it found since the last time."""
    if load_prober_settings() is None:
        return
    legs = list(_open_legs())
    values = _site_values(legs)
    with open_probes() as queue:
        queue.watch(
            ProbePurpose.EFFECT, {value for values_of_leg in values.values() for value in values_of_leg}, to_ms(now)
        )
        found = queue.unread(ProbePurpose.EFFECT, _BATCH)
        if found:
            _ingest([record for _, record in found], legs, values)
            queue.mark_read(ProbePurpose.EFFECT, found[-1][0])


def _ingest(records: Iterable[ProbeRecord], legs: list[Leg], values: dict[int, set[str]]) -> None:
    """Store the records as measurements of the processes that are about their sites, and try to prove the legs."""
    by_host: dict[str, list[ProbeRecord]] = {}
    for record in records:
        by_host.setdefault(record.host, []).append(record)
    for leg in legs:
        since = to_ms(leg.changed_at)
        rows = [record for value in values[leg.pk] for record in by_host.get(value, ()) if record.at >= since]
        is_proven = leg.state in PROVEN_STATES
        if not rows or (is_proven and not any(_is_back(record) for record in rows)):
            continue  # that a site stays away needs no new measurement
        with unscoped("a measurement is for all legs of the process"):
            _store(leg, rows)
            _conclude(leg)


def _store(leg: Leg, records: list[ProbeRecord]) -> None:
    instance = leg.instance
    rows = [
        Measurement(
            instance=instance,
            owner_id=instance.owner_id,
            kind=MeasurementKind.SITE_PROBE,
            value=record.host,
            told=_describe(record),
            at=from_ms(record.at),
        )
        for record in records
    ]
    with recorded() as log:
        created = Measurement.objects.bulk_create(rows)
        log.digest(MEASUREMENTS.model, [row.pk for row in created])
        facts = {"kind": MeasurementKind.SITE_PROBE.value, "probes": len(rows)}
        log.add(Draft("measured", records[-1].at, "prober", instance.owner.ref, instance.ref, facts=facts))


def _describe(record: ProbeRecord) -> dict[str, object]:
    return {
        "place": record.place,
        "status": record.status,
        "location": record.location,
        "network_worked": record.network_worked,
        "state": record.state.value,
        "addresses": record.addresses,
        "page_digest": record.page_digest,
    }


def _is_back(record: ProbeRecord) -> bool:
    return record.network_worked and record.state is SiteState.UP


def _conclude(leg: Leg) -> None:
    try:
        if leg.state in PROVEN_STATES:
            disprove_proven(leg)
        else:
            prove(leg)
    except RetryLater:  # the worker checks the snapshot again
        return


def _open_legs() -> list[Leg]:
    rows = find_legs(_UNSCOPED).filter(state__in=WATCHED_STATES, ended_at=None, instance__ended_at=None)
    own = rows.filter(Q(instance__process__in=(PROCESS, APPEAL_PROCESS)) | ~Q(instance__about=""))
    return list(own.select_related("instance__owner", "instance__version", "receiver").order_by("pk"))


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

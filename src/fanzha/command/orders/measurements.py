"""Record test calls and site probes of an order, and fire the steps that they prove."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.orders.digest_tables import MEASUREMENTS
from fanzha.command.orders.models import Measurement, MeasurementKind
from fanzha.command.orders.proofs import prove
from fanzha.command.orders.target_appeals import find_restoration_legs
from fanzha.command.processes.selectors import find_legs, to_actor
from fanzha.command.processes.services import RetryLater
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.kinds import all_kinds
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance

_UNSCOPED = unscoped("a measurement counts for all legs of the order")

MEASUREMENT_ROLES = (Role.ANALYST, Role.EXECUTOR, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
#: Details of each kind, by the names of form, API and stored measurement.
DETAIL_FIELDS: dict[MeasurementKind, tuple[str, ...]] = {
    MeasurementKind.TEST_CALL: ("arrived", "received_caller", "route"),
    MeasurementKind.SITE_PROBE: ("place", "status", "location"),
}
_SUBJECT_KINDS = {MeasurementKind.TEST_CALL: ("phone_number",), MeasurementKind.SITE_PROBE: ("website", "host", "app")}
_FUTURE = Words("测量时间不能在将来", "The time of the measurement cannot be in the future")


def add_measurement(
    instance: ProcessInstance,
    viewer: Viewer,
    kind: MeasurementKind,
    value: str,
    details: Mapping[str, Any],
    at: datetime | None,
) -> list[str]:
    """Record a measurement; return the events that it fired. Raise Refusal for an invalid value or a future time."""
    now = timezone.now()
    at = at or now
    if at > now:
        raise Refusal(Reason.EVIDENCE, _FUTURE, fields={"at": _FUTURE})
    canonical = _canonical(kind, value)
    actor = to_actor(viewer)
    measured = dict(details) | ({"sent_caller": canonical} if kind is MeasurementKind.TEST_CALL else {})
    with unscoped("a measurement is for all legs of the order"), recorded() as log:
        row = _UNSCOPED.rows(Measurement).create(
            instance=instance,
            owner_id=viewer.organization,
            person_id=viewer.person,
            kind=kind,
            value=canonical,
            told=measured,
            at=at,
        )
        log.digest(MEASUREMENTS.model, [row.pk])
        facts = {"kind": kind.value}
        log.add(Draft("measured", to_ms(at), actor.person, actor.organization, instance.ref, facts=facts))
        rows = find_legs().filter(instance=instance, ended_at=None).order_by("id")
        legs = list(rows.select_related("instance__owner", "instance__version", "receiver"))
        legs += find_restoration_legs(instance)
        return [event for leg in legs if (event := _try_prove(leg))]


def _try_prove(leg: Leg) -> str:
    try:
        return prove(leg)
    except RetryLater:  # the worker checks the snapshot again
        return ""


def _canonical(kind: MeasurementKind, value: str) -> str:
    why = ""
    for name in _SUBJECT_KINDS[kind]:
        try:
            return all_kinds()[name].normalise(value)
        except Malformed as error:
            why = error.reason
    words = Words(f"无法识别：{why}", f"not understood: {why}")
    raise Refusal(Reason.EVIDENCE, words, fields={"value": words})

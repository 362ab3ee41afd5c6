"""By what researchers may have subjects counted: a fixed list, taken from each subject's first finding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from fanzha.claims.finding import SubjectRole
from fanzha.claims.fraud_type import FRAUD_TYPES, TO_WARN
from fanzha.command.organizations.selectors import build_viewer, get_organization
from fanzha.command.research.feature_rows import read_labels
from fanzha.command.subjects.selectors import find_standing_findings
from fanzha.command.web.scoping import scoped_to
from fanzha.events.call_offered import INGRESS
from fanzha.kinds.phone_number import classify

if TYPE_CHECKING:
    from fanzha.command.research.small_cells import Integers

CONFIRMED, CLEARED, UNDECIDED = "confirmed", "cleared", "undecided"
OUTCOMES = (CONFIRMED, CLEARED, UNDECIDED)
MAX_CELLS = 2_000
_CHUNK = 5_000


class SubjectRecords(NamedTuple):
    """Subjects (primary keys, ascending) with the organisation that found each first, outcome, and dimension values."""

    subjects: Integers
    operators: Integers
    outcomes: Integers  # places in OUTCOMES
    values: dict[str, Integers]  # places in the labels of each dimension
    labels: dict[str, tuple[str, ...]]


def list_months(since: datetime, until: datetime) -> tuple[str, ...]:
    """Return the months of a period, such as 2026-03, in the zone of its beginning."""
    months, at = [], since
    while at < until:
        months.append(f"{at:%Y-%m}")
        at = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    return tuple(months)


@cache
def list_places() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of all provinces, and of all cities as province:city, each with "" for unknown at the end."""
    from fanzha.kinds.numbering.plan import plan

    found = plan()
    return (*sorted(found.provinces), ""), (*sorted(f"{code}:{city}" for code, city in found.cities), "")


def labels_of(name: str, since: datetime, until: datetime) -> tuple[str, ...]:
    """Return the values of a dimension; they never depend on what was found. The period is in the owner's zone."""
    if name == "month":
        return list_months(since, until)
    if name in ("province", "city"):
        return list_places()[name == "city"]
    fixed = {"fraud_type": (*(code for code in FRAUD_TYPES if code not in TO_WARN), "")}
    return (fixed | {"ingress": (*INGRESS, ""), "outcome": OUTCOMES})[name]


def count_cells(dimensions: Sequence[str], since: datetime, until: datetime) -> int:
    """Return how many cells a table has."""
    cells = 1
    for name in dimensions:
        cells *= len(labels_of(name, since, until))
    return cells


def read_records(owner: int, kind: str, dimensions: Sequence[str], since: datetime, until: datetime) -> SubjectRecords:
    """Return the subjects that were first found in a period by the owner or those it supervises.

    What the owner may not read by its marking is not counted. A subject is described by its first finding; its outcome
    is what the owner decided.
    """
    organization = get_organization(owner)
    zone, viewer = ZoneInfo(organization.zone), build_viewer(organization, set(), None)
    since, until = since.astimezone(zone), until.astimezone(zone)
    with scoped_to(viewer):
        rows = find_standing_findings().filter(
            owner__in=viewer.reads, subject__kind=kind, found_at__lt=until, simulated=organization.simulated
        )
        rows = rows.exclude(role=SubjectRole.VICTIM).order_by("subject", "found_at", "pk")
        names = ("subject", "found_at", "owner", "fraud_type", "ingress", "subject__value")
        firsts: list[tuple[Any, ...]] = []
        subject = 0
        for row in rows.values_list(*names).iterator(_CHUNK):
            if row[0] != subject:
                subject = row[0]
                firsts += [row] if row[1] >= since else []
    return _encode(firsts, read_labels(owner), dimensions, since, until)


def _encode(
    firsts: Sequence[tuple[Any, ...]], decided: Any, dimensions: Sequence[str], since: datetime, until: datetime
) -> SubjectRecords:
    subjects = [row[0] for row in firsts]
    outcomes = [_outcome(decided.get(pk)) for pk in subjects]
    plain: dict[str, list[str]] = {
        "month": [f"{row[1].astimezone(since.tzinfo):%Y-%m}" for row in firsts],
        "fraud_type": [row[3] for row in firsts],
        "ingress": [row[4] for row in firsts],
        "outcome": outcomes,
    }
    if {"province", "city"} & set(dimensions):
        plain |= _locate([row[5] for row in firsts])
    labels = {name: labels_of(name, since, until) for name in dimensions}
    values = {name: _places(plain[name], labels[name]) for name in dimensions}
    return SubjectRecords(
        np.array(subjects, np.int64),
        np.array([row[2] for row in firsts], np.int64),
        _places(outcomes, OUTCOMES),
        values,
        labels,
    )


def _outcome(label: Any) -> str:
    if label is None:
        return UNDECIDED
    return CONFIRMED if label.is_fraud else CLEARED


def _locate(numbers: Sequence[str]) -> dict[str, list[str]]:
    places = [classify(number) for number in numbers]
    cities = [f"{place.province}:{place.city}" if place.city else "" for place in places]
    return {"province": [place.province for place in places], "city": cities}


def _places(values: Sequence[str], labels: Sequence[str]) -> Integers:
    """Return the place of each value among the labels, the last for what is none of them."""
    places = {label: place for place, label in enumerate(labels)}
    return np.array([places.get(value, len(labels) - 1) for value in values], np.int64)

"""What the desk reads of exposures: cases with counts, files, and the masked numbers of a case."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Max, Min, QuerySet, Sum

from fanzha.command.exposures.bases import SHORT_PURPOSE, SHORTEST_PURPOSE
from fanzha.command.exposures.models import Exposure, ExposureWarning, WarningState
from fanzha.command.organizations.services import DisclosurePool, DisclosureRequest, record_disclosure
from fanzha.command.subjects.selectors import build_candidate, mask_value
from fanzha.command.subjects.services import CanonicalValue
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.web.viewer import Viewer

SHOWN_CASES, SHOWN_PEOPLE = 100, 100
_SHOWN_NAMES = 5


class ExposureCase(NamedTuple):
    """The facts about a case: its sites, numbers of people and visits, times, and the warnings by state."""

    ref: str
    names: tuple[str, ...]
    people: int
    visits: int
    first_at: datetime
    last_at: datetime
    warnings: Counter[str]

    @property
    def unwarned(self) -> int:
        """Return how many people have no warning of this case."""
        asked = sum(count for state, count in self.warnings.items() if state != WarningState.CANCELLED)
        return max(0, self.people - asked)


class ExposedPerson(NamedTuple):
    """One person of a case: the masked number, the site, when first and last, how often, and by which source."""

    shown: str
    host: str
    first_at: datetime
    last_at: datetime
    visits: int
    source: str


def list_cases() -> list[ExposureCase]:
    """Return the cases of the viewer's organisation, the latest first."""
    return _present(Exposure.objects.all(), SHOWN_CASES)


def find_case(ref: str) -> ExposureCase | None:
    """Return a case of the viewer's organisation, None if it has no people."""
    return next(iter(_present(Exposure.objects.filter(case=ref), 1)), None)


def _present(rows: QuerySet[Exposure], most: int) -> list[ExposureCase]:
    grouped = rows.order_by().values("case").annotate(
        people=Count("person", distinct=True), visits=Sum("visits"), first=Min("first_at"), last=Max("last_at")
    )  # fmt: skip
    found = list(grouped.order_by("-last", "case")[:most])
    refs = [row["case"] for row in found]
    names: dict[str, list[str]] = {}
    for case, name in rows.filter(case__in=refs).order_by("case", "name").values_list("case", "name").distinct():
        names.setdefault(case, []).append(name)
    warnings: dict[str, Counter[str]] = {}
    states = ExposureWarning.objects.filter(case__in=refs).order_by().values_list("case", "state")
    for case, state, count in states.annotate(count=Count("pk")):
        warnings.setdefault(case, Counter())[state] = count
    return [
        ExposureCase(
            row["case"], tuple(names.get(row["case"], ())[:_SHOWN_NAMES]), row["people"], row["visits"], row["first"],
            row["last"], warnings.get(row["case"], Counter()),
        )
        for row in found
    ]  # fmt: skip


def disclose_people(viewer: Viewer, case: str, purpose: str) -> list[ExposedPerson]:
    """Return the latest people of a case with masked numbers; it is charged and logged with its purpose.

    Raise Refusal without a purpose, DisclosureRefused above the budget.
    """
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise Refusal(Reason.EVIDENCE, SHORT_PURPOSE, fields={"purpose": SHORT_PURPOSE})
    rows = list(Exposure.objects.filter(case=case).select_related("basis")[:SHOWN_PEOPLE])
    numbers = dict.fromkeys(row.number for row in rows)
    candidates = [build_candidate(CanonicalValue("phone_number", number)) for number in numbers]
    request = DisclosureRequest("exposures", DisclosurePool.LISTED, candidates, purpose.strip()[:200], case)
    record_disclosure(viewer, request)
    return [
        ExposedPerson(
            mask_value("phone_number", row.number), row.host, row.first_at, row.last_at, row.visits, row.basis.source
        )
        for row in rows
    ]

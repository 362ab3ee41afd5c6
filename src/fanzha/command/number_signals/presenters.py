"""Prepare documents of basis for their page."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from fanzha.base.words import Words
from fanzha.command.number_signals.models import SignalBasis
from fanzha.command.number_signals.risk_indicator import Grade, GradePrecision
from fanzha.command.number_signals.signal_services import SERVICES
from fanzha.command.web.components import Badge, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.processes.legal_basis import legal_basis_words

GRADE_WORDS = {
    Grade.MEDIUM: Words("中", "medium"),
    Grade.HIGH: Words("高", "high"),
    Grade.VERY_HIGH: Words("极高", "very high"),
}
#: Fewer reports of banks give no share, only its interval.
FEWEST_REPORTS = 30


class GradeRow(NamedTuple):
    """One grade on the page: reports, those found false, the share confirmed with its interval, what was stopped.

    Below `FEWEST_REPORTS` the share is not stated, only that there are not enough reports.
    """

    grade: str
    n: int
    false: int
    confirmed: str
    interval: str
    stopped: str


class AskedRow(NamedTuple):
    """What one bank asked of one service: questions, distinct numbers, and questions that were answered."""

    owner: str
    client: str
    service: str
    questions: int
    numbers: int
    answered: int


class BasisRow(NamedTuple):
    """One basis on the page, and which buttons its viewer has."""

    basis: SignalBasis
    badge: Badge
    services: str
    legal_basis: str
    may_approve: bool
    may_end: bool


def present_basis(basis: SignalBasis, viewer: Viewer, now: datetime) -> BasisRow:
    """Return a basis as the page shows it. Select its people and organisations with it."""
    is_own = basis.owner_id == viewer.organization
    is_open = basis.ended_at is None and basis.until > now
    words = legal_basis_words(basis.legal_basis)
    return BasisRow(
        basis=basis,
        badge=basis_badge(basis, now),
        services=_(", ").join(localize(SERVICES[name].title) for name in basis.services if name in SERVICES),
        legal_basis=localize(words) if words else basis.legal_basis,
        may_approve=is_own and is_open and basis.approved_at is None and basis.recorded_by_id != viewer.person,
        may_end=is_own and is_open,
    )


def present_grade(row: GradePrecision) -> GradeRow:
    """Return the precision of a grade with at least one report. An amount is stated with the reports that named it."""
    is_enough = row.n >= FEWEST_REPORTS
    amount = _("%(cny)s yuan in %(reports)s reports") % {"cny": f"{row.stopped_cny:,.0f}", "reports": row.amounts}
    return GradeRow(
        grade=localize(GRADE_WORDS[Grade(row.grade)]),
        n=row.n,
        false=row.n - row.confirmed,
        confirmed=f"{row.confirmed / row.n:.1%}" if is_enough else _("not enough reports"),
        interval=f"{row.low:.1%} – {row.high:.1%}",
        stopped=amount if row.amounts else "",
    )


def present_asked(counts: Iterable[Mapping[str, Any]], names: Mapping[int, Any]) -> list[AskedRow]:
    """Return the counts of `count_questions` with the names of organisations by primary key."""
    return [
        AskedRow(
            owner=str(names[row["owner"]]),
            client=str(names[row["client"]]),
            service=localize(SERVICES[row["service"]].title) if row["service"] in SERVICES else row["service"],
            questions=row["questions"],
            numbers=row["numbers"],
            answered=row["answered"],
        )
        for row in counts
    ]


def basis_badge(basis: SignalBasis, now: datetime) -> Badge:
    """Return the state of a basis as a badge."""
    if basis.ended_at is not None:
        return Badge(_("ended"))
    if basis.until <= now:
        return Badge(_("expired"), "clock")
    if basis.approved_at is None:
        return Badge(_("waits for approval"), "clock", Tone.WARN)
    if basis.paused_until is not None and basis.paused_until > now:
        return Badge(_("paused: budget used up"), "alert", Tone.HARM)
    return Badge(_("in force"), "check", Tone.ACCENT)

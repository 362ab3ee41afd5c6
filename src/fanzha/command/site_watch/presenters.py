"""Prepare candidates and the state of the logs for their pages."""

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.site_watch.models import CandidateSite, CandidateState
from fanzha.command.web.components import Badge, DataTable, Tone
from fanzha.command.web.i18n import localize
from fanzha.kinds.website import unicode_host
from fanzha.store.site_watch import DayCount, GapReason, LogState, LogStatus

REASONS = {
    GapReason.BEFORE_START: gettext_lazy("logged before this log was followed"),
    GapReason.FAILED: gettext_lazy("errors or no answer"),
    GapReason.WITHHELD: gettext_lazy("withheld by the log"),
    GapReason.UNPROVEN: gettext_lazy("not proven to be in the log"),
    GapReason.MALFORMED: gettext_lazy("no certificate that can be read"),
    GapReason.BACKLOG: gettext_lazy("passed over, too many were waiting"),
}


class CandidateRow(NamedTuple):
    """One candidate on the page."""

    candidate: CandidateSite
    display: str
    sentence: str
    badge: Badge
    place: str


class LogRow(NamedTuple):
    """One log on the page, with its gaps by reason."""

    status: LogStatus
    badge: Badge
    signed_at: object
    missing: list[tuple[str, str]]


def present_candidate(candidate: CandidateSite) -> CandidateRow:
    """Return a candidate as the page shows it."""
    tones = {CandidateState.OPEN: Tone.ACCENT, CandidateState.HANDED_ON: Tone.WARN}
    state = CandidateState(candidate.state)
    return CandidateRow(
        candidate=candidate,
        display=unicode_host(candidate.host),
        sentence=localize(Words(candidate.sentence_zh, candidate.sentence_en)),
        badge=Badge(str(state.label), tone=tones.get(state, Tone.QUIET)),
        place=_("%(source)s, no. %(reference)s") % {"source": candidate.source, "reference": candidate.reference},
    )


def present_log(status: LogStatus) -> LogRow:
    """Return a log as the page shows it."""
    if status.state is LogState.FORKED:
        badge = Badge(_("forked, not followed"), "alert", Tone.HARM)
    elif status.problem:
        badge = Badge(_("cannot be read at present"), "alert", Tone.WARN)
    else:
        badge = Badge(_("followed"), "check")
    missing = [(str(REASONS[GapReason(name)]), f"{count:,}") for name, count in status.missing.items()]
    return LogRow(status, badge, from_ms(status.signed_at), missing)


def present_day(count: DayCount) -> dict[str, object]:
    """Return the names of a source on one day, with the day as a date (UTC)."""
    return count._asdict() | {"day": from_ms(count.at).date()}


def present_budget(budget: dict[str, tuple[int, int]]) -> DataTable:
    """Return the candidates of today by brand."""
    rows = tuple((brand or _("no brand"), within, beyond) for brand, (within, beyond) in budget.items())
    head = (_("brand"), _("to be looked at"), _("beyond the budget"))
    return DataTable(_("Candidates of today"), head, rows, frozenset({1, 2}))

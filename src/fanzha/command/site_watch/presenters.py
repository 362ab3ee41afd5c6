"""Prepare candidates and the state of the logs for their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fanzha.base.clock import from_ms
from fanzha.base.words import Words
from fanzha.command.site_watch.models import CandidateSite, CandidateState
from fanzha.command.site_watch.selectors import Sighting
from fanzha.command.web.components import Badge, DataTable, Tone
from fanzha.command.web.i18n import localize
from fanzha.kinds.website import unicode_host
from fanzha.store.site_watch import DayCount, FollowState, GapReason, LogStatus

if TYPE_CHECKING:
    from fanzha.command.captures.models import Capture

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
    look: str
    findings: tuple[Badge, ...]
    campaign: str


class WatchedLogRow(NamedTuple):
    """One log on the page, with its gaps by reason."""

    status: LogStatus
    badge: Badge
    signed_at: object
    missing: list[tuple[str, str]]


def present_candidate(sighting: Sighting) -> CandidateRow:
    """Return a candidate as the page shows it, with addresses of its look and campaign ("" without one)."""
    candidate, look, campaign = sighting
    tones = {CandidateState.OPEN: Tone.ACCENT, CandidateState.HANDED_ON: Tone.WARN}
    state = CandidateState(candidate.state)
    return CandidateRow(
        candidate=candidate,
        display=unicode_host(candidate.host),
        sentence=localize(Words(candidate.sentence_zh, candidate.sentence_en)),
        badge=Badge(str(state.label), tone=tones.get(state, Tone.QUIET)),
        place=_("%(source)s, no. %(reference)s") % {"source": candidate.source, "reference": candidate.reference},
        look=reverse("capture", args=[look.ref]) if look else "",
        findings=present_look(look) if look else (),
        campaign=reverse("campaign", args=[campaign.ref]) if campaign else "",
    )


def present_look(look: Capture) -> tuple[Badge, ...]:
    """Return in badges what the latest look at a page found."""
    if look.state == "waiting":
        return (Badge(_("Page not looked at yet")),)
    if look.state == "failed":
        return (Badge(_("No page there"), "", Tone.WARN),)
    if look.score is None:
        return (Badge(_("Page seen, nothing found"), "check"),)
    badges = [Badge(_("Page found suspect (%(score).2f)") % {"score": look.score}, "alert", Tone.HARM)]
    if look.asks:
        badges.append(Badge(_("asks for secrets"), "", Tone.WARN))
    if look.is_cloaked:
        badges.append(Badge(_("hides from some visitors"), "", Tone.WARN))
    if look.brand:
        badges.append(Badge(_("looks like %(brand)s") % {"brand": look.brand}, "", Tone.WARN))
    return tuple(badges)


def present_log(status: LogStatus) -> WatchedLogRow:
    """Return a log as the page shows it."""
    if status.state is FollowState.FORKED:
        badge = Badge(_("forked, not followed"), "alert", Tone.HARM)
    elif status.problem:
        badge = Badge(_("cannot be read at present"), "alert", Tone.WARN)
    else:
        badge = Badge(_("followed"), "check")
    missing = [(str(REASONS[GapReason(name)]), f"{count:,}") for name, count in status.missing.items()]
    return WatchedLogRow(status, badge, from_ms(status.signed_at), missing)


def present_day(count: DayCount) -> dict[str, object]:
    """Return the names of a source on one day, with the day as a date (UTC)."""
    return count._asdict() | {"day": from_ms(count.at).date()}


def present_budget(budget: dict[str, tuple[int, int]]) -> DataTable:
    """Return the candidates of today by brand."""
    rows = tuple((brand or _("no brand"), within, beyond) for brand, (within, beyond) in budget.items())
    head = (_("brand"), _("to be looked at"), _("beyond the budget"))
    return DataTable(_("Candidates of today"), head, rows, frozenset({1, 2}))

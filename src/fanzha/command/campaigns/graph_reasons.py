"""Why an edge of the graph is there: the findings or calls behind it, their number, first and last, in sentences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.errors import Malformed
from fanzha.command.campaigns.graph_fragments import latest_findings_on, readable_ties
from fanzha.command.campaigns.models import TieLink
from fanzha.command.campaigns.ties import find_ties
from fanzha.command.campaigns.titles import tie_title
from fanzha.command.subjects.selectors import (
    INVESTIGATORS,
    detector_title,
    display_subject,
    find_contacts,
    finding_sentence,
    parse_evidence,
)
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.subjects.models import FindingRow, Subject

_SENTENCES = 4
HAND = "hand"


@dataclass(frozen=True)
class ReasonItem:
    """One finding behind an edge."""

    at: datetime
    detector: str
    sentence: str


@dataclass(frozen=True)
class EdgeReasons:
    """Title of an edge, its count in words, first and last time (None: not known), and the latest findings behind it.

    `note` is the reason why no findings are shown.
    """

    title: str
    subject: Subject
    count: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    items: Sequence[ReasonItem] = ()
    note: str = ""


def explain_tie(subject: Subject, tie_pks: Collection[int], viewer: Viewer) -> EdgeReasons | None:
    """Return the findings by which a subject has a tie; None if the viewer may read no such edge."""
    links = TieLink.objects.filter(readable_ties(viewer, "tie__"), subject=subject, tie__in=tie_pks)
    ties = [link.tie for link in links.select_related("tie")]
    if not ties:
        return None
    title = _("%(subject)s and %(tie)s") % {
        "subject": display_subject(subject),
        "tie": localize(tie_title(ties[0].kind, ties[0].value)),
    }
    if ties[0].kind == HAND:
        return EdgeReasons(title, subject, note=_("Grouped with the others by a person."))
    keys = {tie.key for tie in ties}
    found = [row for row in latest_findings_on(subject) if keys & _tie_keys(subject, row)]
    return _reasons(title, subject, found, viewer)


def explain_contact(subject: Subject, other: Subject, viewer: Viewer) -> EdgeReasons | None:
    """Return the calls and texts between two numbers; None for roles that read no reasons with figures."""
    if not viewer.has(*INVESTIGATORS):
        return None
    contacts: set[tuple[datetime, bool, bool]] = set()
    naming: list[FindingRow] = []
    for one, far in ((subject, other), (other, subject)):
        for row in latest_findings_on(one):
            named = {
                (contact.at, contact.is_text, contact.is_made is (one is subject))
                for contact in find_contacts(one.value, [row])
                if contact.other == far.value
            }
            contacts |= named
            naming += [row] if named else []
    if not contacts:
        return None
    texts = sum(is_text for _at, is_text, _made in contacts)
    calls = len(contacts) - texts
    counts = [
        ngettext("%(count)s call", "%(count)s calls", calls) % {"count": f"{calls:,}"} if calls else "",
        ngettext("%(count)s text", "%(count)s texts", texts) % {"count": f"{texts:,}"} if texts else "",
    ]
    times = sorted(at for at, _text, _made in contacts)
    title = f"{display_subject(subject)} – {display_subject(other)}"
    naming.sort(key=lambda row: row.found_at, reverse=True)
    items = _items(naming, viewer)
    return EdgeReasons(title, subject, _(", ").join(filter(None, counts)), times[0], times[-1], items)


def _tie_keys(subject: Subject, row: FindingRow) -> set[str]:
    try:
        evidence = parse_evidence(row.detail.evidence)
    except Malformed:
        return set()
    found = find_ties(subject.kind, subject.value, evidence, row.fraud_type, row.detector, row.found_at)
    return {tie.key for tie in found}


def _reasons(title: str, subject: Subject, found: Sequence[FindingRow], viewer: Viewer) -> EdgeReasons:
    if not found:
        return EdgeReasons(
            title, subject, note=_("The findings behind this were withdrawn or are older than those shown here.")
        )
    count = ngettext("%(count)s finding", "%(count)s findings", len(found)) % {"count": f"{len(found):,}"}
    return EdgeReasons(title, subject, count, found[-1].found_at, found[0].found_at, _items(found, viewer))


def _items(found: Sequence[FindingRow], viewer: Viewer) -> list[ReasonItem]:
    return [
        ReasonItem(row.found_at, detector_title(row.detector), finding_sentence(row, viewer))
        for row in found[:_SENTENCES]
    ]

"""What a marker sees of a drawn finding: kind and masked content, without score, detector, type or verdict."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from fanzha.base.errors import Malformed
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.finding import SubjectRole
from fanzha.claims.fraud_type import TO_WARN
from fanzha.command.reviews.models import ReviewItem
from fanzha.command.subjects.selectors import display_subject, find_findings, kind_title, parse_evidence
from fanzha.command.web.i18n import localize
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.subjects.models import FindingRow

_UNSCOPED = unscoped("findings of a sample of the viewer's own organisation, whatever their marking")


_SHOWN_ALONE = ("website", "host", "app", "message", "conversation")


class ItemContent(NamedTuple):
    """Kind, masked subject and what happened; `is_victim`: the subject is a victim, whom no sheet may show."""

    kind: str
    subject: str
    text: str
    is_victim: bool = False


def describe_items(items: Iterable[ReviewItem], owner: int) -> dict[str, ItemContent]:
    """Return the content by item. A finding that was deleted at the end of its period says so."""
    item_by_finding = {item.finding_id: item.item for item in items}
    rows = find_findings(_UNSCOPED).filter(finding_id__in=item_by_finding, owner=owner).select_related("subject")
    gone = ItemContent("", "", _("This finding has been deleted. Mark it as unclear."))
    found = {item_by_finding[row.finding_id]: _describe(row) for row in rows}
    return {item: found.get(item, gone) for item in item_by_finding.values()}


def _describe(row: FindingRow) -> ItemContent:
    is_victim = row.role == SubjectRole.VICTIM or row.fraud_type in TO_WARN
    return ItemContent(kind_title(row.subject.kind), display_subject(row.subject), _describe_event(row), is_victim)


def _describe_event(row: FindingRow) -> str:
    """Return the flagged text, or what was seen in one sentence; of websites and apps nothing but the subject.

    The sentence of a detector on a text or a website is its opinion already, and its reasons have the score.
    """
    try:
        evidence = parse_evidence(row.detail.evidence)
    except Malformed:
        return ""
    if isinstance(evidence.text, str) and evidence.text:
        return mask_numbers(evidence.text)
    if row.subject.kind in _SHOWN_ALONE:
        return ""
    sentence = localize(Words(row.detail.sentence_zh, row.detail.sentence_en))
    return mask_numbers(sentence or (localize(row.detail.summary) if evidence.windows else ""))

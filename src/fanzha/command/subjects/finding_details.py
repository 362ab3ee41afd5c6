"""Findings as their readers may see them: sentence, reasons and basis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import get_language

from fanzha.base.words import Words
from fanzha.claims.finding_summary import detail_reasons
from fanzha.command.subjects.canonical import mask_in_text
from fanzha.command.subjects.models import FindingRow, Subject
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer

#: Roles that read reasons with figures; all others read the public text.
INVESTIGATORS = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON, Role.INSPECTOR)
#: Roles that reach victims.
VICTIM_DESK = (Role.ANALYST, Role.DUTY_OFFICER, Role.LIAISON, Role.EXECUTOR, Role.CLERK, Role.REVIEWER)
FINDINGS_PER_PAGE = 20


@dataclass(frozen=True)
class FindingDetail:
    """A finding with its sentence and reasons, as its reader may see them."""

    row: FindingRow
    sentence: str
    reasons: Sequence[str]
    basis: str

    @property
    def details(self) -> Sequence[str]:
        """The reasons without the sentence, with which those of a rule begin."""
        return detail_reasons(self.sentence, self.reasons)


def select_findings(
    subject: Subject, viewer: Viewer, cursor: str = "", size: int = FINDINGS_PER_PAGE
) -> tuple[list[FindingDetail], str]:
    """Return a page of findings on a subject, the latest first, and where the next begins."""
    rows = FindingRow.objects.filter(subject=subject).select_related("owner").order_by("-found_at", "-pk")
    if cursor:
        at, _sign, key = cursor.rpartition("_")
        moment = datetime.fromisoformat(at)
        rows = rows.filter(found_at__lte=moment).filter(Q(found_at__lt=moment) | Q(pk__lt=int(key)))
    fetched = list(rows[: size + 1])
    page = [
        FindingDetail(
            row,
            mask_in_text(finding_sentence(row, viewer), subject.kind, subject.value),
            [mask_in_text(reason, subject.kind, subject.value) for reason in finding_reasons(row, viewer)],
            row.detail.basis,
        )
        for row in fetched[:size]
    ]
    last = fetched[size - 1] if len(fetched) > size else None
    return page, f"{last.found_at.isoformat()}_{last.pk}" if last else ""


def finding_sentence(row: FindingRow, viewer: Viewer) -> str:
    """Return what was seen in one sentence: with figures for investigators, the public text for others."""
    detail = row.detail
    if viewer.has(*INVESTIGATORS):
        return localize(detail.summary)
    return localize(Words(detail.public_zh, detail.public_en))


def finding_reasons(row: FindingRow, viewer: Viewer) -> Sequence[str]:
    """Return the reasons of a finding: with figures for investigators, the public text for others."""
    detail = row.detail
    if viewer.has(*INVESTIGATORS):
        return detail.reasons_zh if (get_language() or "").startswith("zh") else detail.reasons_en
    public = localize(Words(detail.public_zh, detail.public_en))
    return (public,) if public else ()

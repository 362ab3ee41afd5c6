"""What is held of many subjects at once: own verdict, police case, how much was found, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from fanzha.command.subjects.models import PoliceCase, Presence, Subject, VerdictRow
from fanzha.command.web.viewer import Viewer


@dataclass(frozen=True)
class Known:
    """One subject with what its reader may know; `findings` are all that came in, of whomever he may read."""

    subject: Subject
    verdict: VerdictRow | None
    case: PoliceCase | None
    findings: int
    top_score: float
    last_at: datetime | None


def known_of(subjects: Sequence[Subject], viewer: Viewer) -> list[Known]:
    """Return what is known of subjects, in their order."""
    keys = [one.pk for one in subjects]
    verdicts, cases = own_verdicts(keys, viewer), cases_of(keys)
    found: dict[int, list[Presence]] = {}
    for presence in Presence.objects.filter(subject__in=keys):
        found.setdefault(presence.subject_id, []).append(presence)
    return [
        Known(
            subject,
            verdicts.get(subject.pk),
            cases.get(subject.pk),
            sum(one.findings for one in found.get(subject.pk, ())),
            max((one.top_score for one in found.get(subject.pk, ())), default=0.0),
            max((one.last_at for one in found.get(subject.pk, ())), default=None),
        )
        for subject in subjects
    ]


def own_verdicts(subjects: Iterable[int], viewer: Viewer) -> dict[int, VerdictRow]:
    """Return the strongest present verdict of the reader's organisation on each subject that has one."""
    held = VerdictRow._base_manager.filter(subject__in=list(subjects), owner=viewer.organization, superseded_at=None)
    return {one.subject_id: one for one in held.order_by("score", "pk")}


def cases_of(subjects: Iterable[int]) -> dict[int, PoliceCase]:
    """Return the latest police status that holds, of each subject that has one which may be read."""
    held = PoliceCase.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), subject__in=list(subjects))
    return {one.subject_id: one for one in held.order_by("at", "pk")}

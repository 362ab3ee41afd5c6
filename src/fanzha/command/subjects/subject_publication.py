"""Publish the current state of subjects in the snapshot, which is all that the screens of this site read.

The state of a subject is fused from the evidence that the operator of the screens may read (findings, opinions,
recorded decisions), and from the decision log, by which orders instruct screens (`orders.screen_delivery`).

`[verdicts] organisation` in fanzha.toml names the operator by its ref or name; without one, only the decision log is
published. A change is queued in its own transaction and published soon after. Publishers take a lock and read the
current state, so that an old state never overwrites a newer one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.claims.evidence import Evidence, evidence_from_opinion
from fanzha.claims.fusion import fuse
from fanzha.claims.snapshot import Approval
from fanzha.claims.verdict import FOREVER, Case, CaseStatus
from fanzha.command.audit.services import record_publication
from fanzha.command.organizations.selectors import all_organizations, build_viewer, find_organization
from fanzha.command.processes.selectors import find_instances
from fanzha.command.subjects.fusion_evidence import select_evidence
from fanzha.command.subjects.models import PoliceCase, Subject, Unpublished
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.store.allowlist import load_allowlist_by_number
from fanzha.store.decisions import find_active_decisions
from fanzha.store.private_files import lock_folder
from fanzha.store.snapshot_publisher import PublishResult, SubjectState, publish_verdicts
from fanzha.store.snapshots import SnapshotStore
from fanzha.store.verdict_settings import VerdictSettings, load_verdict_settings

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


_UNSCOPED = unscoped("a screen gets all that its operator may read and every order to it")

SubjectKey = tuple[str, str]  # kind and canonical value
#: Subjects of one delta file; screens apply it within milliseconds.
BATCH_SIZE = 5_000
#: Police case statuses, weakest first: of several cases on a subject, the strongest is published.
_CASE_STATUSES = (CaseStatus.WITHDRAWN, CaseStatus.FILED, CaseStatus.CONFIRMED)


def screen_operator(settings: VerdictSettings | None = None) -> Organization | None:
    """Return the organisation whose verdicts the screens serve; None if none is configured or the name is unknown."""
    return find_organization((settings or load_verdict_settings()).policy.organization)


def queue_publication(subject_pks: Iterable[int]) -> None:
    """Queue subjects for publication; call it in the transaction of the change."""
    bulk.insert(Unpublished, ("subject_id",), [(subject_pk,) for subject_pk in sorted(set(subject_pks))])


def publish_queued(at: datetime) -> int:
    """Publish queued subjects; return how many. On failure they stay queued, and the error is raised."""
    published = 0
    while rows := list(Unpublished.objects.order_by("pk").values_list("pk", "subject_id")[:BATCH_SIZE]):
        subject_pks = {subject_pk for _, subject_pk in rows}
        publish_subjects(set(_UNSCOPED.rows(Subject).filter(pk__in=subject_pks).values_list("kind", "value")), at)
        Unpublished.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
        published += len(subject_pks)
    return published


def publish_subjects(
    subject_keys: Collection[SubjectKey], at: datetime, *, approval: Approval | None = None, simulated: bool = False
) -> PublishResult:
    """Publish the state of subjects at a moment, including decisions stored by `fanzha.store.decisions`.

    Simulated evidence counts if `simulated` is set or the operator is simulated. Raise ChangeLimitExceeded if the
    change exceeds the limits.
    """
    settings = load_verdict_settings()
    owner, store = screen_operator(settings), SnapshotStore(limits=settings.limits)
    is_simulated = simulated or (owner is not None and owner.simulated)
    with lock_folder(store.folder / "publishing"):
        before = store.current()
        state = select_current_state(subject_keys, owner, at, settings)
        result = publish_verdicts(store, state, settings, at=to_ms(at), approval=approval, simulated=is_simulated)
        if before is None or before.files != result.current.files:
            logged = {decision.opinion_id for decision in find_active_decisions(subject_keys)}
            record_publication(result.current, state, at, changed=result.changed, logged_decisions=logged)
        return result


def select_current_state(
    subject_keys: Collection[SubjectKey], owner: Organization | None, at: datetime, settings: VerdictSettings
) -> list[SubjectState]:
    """Return each subject's verdicts and police case, over all holder periods, as the operator may read them."""
    evidence: dict[SubjectKey, list[Evidence]] = {subject_key: [] for subject_key in subject_keys}
    cases: Mapping[SubjectKey, Case] = {}
    if owner is not None:
        viewer = build_viewer(owner, frozenset(), None)
        rows = _UNSCOPED.rows(Subject).filter(thing__in=[digest(*subject_key) for subject_key in subject_keys])
        key_by_pk = {pk: (kind, value) for pk, kind, value in rows.values_list("pk", "kind", "value")}
        for subject_pk, pieces in select_evidence(key_by_pk, viewer, at).items():
            evidence[key_by_pk[subject_pk]] += [piece for piece, _ in pieces]
        cases = _strongest_cases(key_by_pk, viewer, at)
    for decision in find_active_decisions(evidence):
        evidence[decision.subject_kind, decision.subject].append(evidence_from_opinion(decision))
    allowlist, moment = load_allowlist_by_number(), to_ms(at)
    return [
        SubjectState(*subject_key, list(fuse(pieces, moment, settings.policy, allowlist)), cases.get(subject_key))
        for subject_key, pieces in evidence.items()
    ]


def _strongest_cases(key_by_pk: Mapping[int, SubjectKey], viewer: Viewer, at: datetime) -> dict[SubjectKey, Case]:
    """Return the strongest police status of each subject now."""
    rows = _UNSCOPED.rows(PoliceCase).filter(
        PoliceCase.readable(viewer), Q(until=None) | Q(until__gt=at), subject__in=key_by_pk, at__lte=at
    )
    if not all_organizations().filter(pk=viewer.organization, simulated=True).exists():
        simulated_refs = find_instances(_UNSCOPED).filter(simulated=True).values("ref")
        rows = rows.exclude(process__in=simulated_refs)  # exercises must not affect real calls
    cases: dict[SubjectKey, Case] = {}
    for row in sorted(rows.select_related("owner"), key=lambda case: (_CASE_STATUSES.index(case.case), case.at)):
        kind, value = subject_key = key_by_pk[row.subject_id]
        cases[subject_key] = Case(
            subject_kind=kind,
            subject=value,
            status=row.case,
            body=row.owner.ref,
            reference=row.reference,
            at=to_ms(row.at),
            until=FOREVER if row.until is None else to_ms(row.until),
        )
    return cases

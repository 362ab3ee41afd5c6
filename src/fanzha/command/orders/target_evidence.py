"""Present the targets of an order: evidence, cleared subjects that they resemble, state and results of receivers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.captures.selectors import describe_look, find_latest_looks, may_read_looks
from fanzha.command.orders.exclusions import allowlisted_targets, protected_targets, victim_targets
from fanzha.command.orders.impact import find_look_alikes
from fanzha.command.orders.models import AnsweredTarget, OrderTarget, TargetState
from fanzha.command.orders.order_summary import APPEAL_PROCESS, appealed_places
from fanzha.command.orders.target_rows import target_of
from fanzha.command.orders.targets import may_receive
from fanzha.command.processes.selectors import current_situation, find_legs
from fanzha.command.subjects.selectors import (
    INVESTIGATORS,
    detector_title,
    find_findings,
    find_standing_findings,
    find_subjects,
    find_victims,
    finding_sentence,
    kind_title,
    mask_in_text,
    mask_value,
)
from fanzha.command.web.components import Badge, Tone
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, ANSWER_WORDS, Action, AnswerState, Target

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg, ProcessInstance
    from fanzha.command.subjects.models import FindingRow

STATE_WORDS: dict[str, Words] = {
    TargetState.PROPOSED: Words("待批准", "to be approved"),
    TargetState.SENT_BACK: Words("已退回", "sent back"),
    TargetState.APPROVED: Words("已批准", "approved"),
    TargetState.APPEALED: Words("申诉中", "under appeal"),
    TargetState.RESTORED: Words("已恢复", "restored"),
    TargetState.ENDED: Words("已解除", "ended"),
}
_TONES = {TargetState.PROPOSED: Tone.ACCENT, TargetState.SENT_BACK: Tone.WARN, TargetState.APPEALED: Tone.WARN}
LOOK_ALIKES_SHOWN = 2
#: State of a leg in which its answers on single targets say more than its own state.
_PARTIAL = "partial"
#: States of a leg that lifts a measure: to be lifted, reported as lifted, and proven; `_REPORTED` are the last two.
_LIFTING, _REPORTED = ("releasing", "lifted", "released"), ("lifted", "released")
_LIFTED = Words("已报告解除，待验证", "reported as lifted, to be verified")


@dataclass(frozen=True)
class LegResult:
    """The state of a target at one receiver."""

    receiver: str
    words: str


@dataclass(frozen=True)
class TargetRow:
    """One target for a page; `number` counts from 1, `subject` is the ref of the subject, "" if there is none.

    `sentence` is the strongest evidence, "" if nothing was found; `excluded` the reason why no order may hit it.
    `is_victim_too`: findings name it as a victim in addition to another role, so only a second person may limit it.
    `is_assessed`: the viewer reads the findings of the owner, so that none found means that there are none.
    `look` is what the latest look at a website found, `look_ref` its ref if the viewer may open its page.
    """

    target: OrderTarget
    number: int
    shown: str
    kind: str
    action: Words
    state: Badge
    subject: str = ""
    sentence: str = ""
    findings: int = 0
    score: float = 0.0
    look_alikes: tuple[str, ...] = ()
    excluded: Words | None = None
    is_victim_too: bool = False
    is_assessed: bool = True
    legs: tuple[LegResult, ...] = ()
    look: str = ""
    look_ref: str = ""

    @property
    def is_in_force(self) -> bool:
        """Return whether the target is approved and not under appeal."""
        return self.target.state == TargetState.APPROVED

    @property
    def is_doubtful(self) -> bool:
        """Return whether nothing was found about the target, it is excluded, or it is a victim as well."""
        return (self.is_assessed and not self.findings) or self.excluded is not None or self.is_victim_too


def evidence_sentence(finding: FindingRow, viewer: Viewer) -> str:
    """Return the evidence of a finding in one sentence: for investigators with figures, for others its title."""
    summary = finding_sentence(finding, viewer) if viewer.has(*INVESTIGATORS) else ""
    return summary or detector_title(finding.detector)


def present_targets(instance: ProcessInstance, viewer: Viewer, at: datetime) -> list[TargetRow]:
    """Present the targets that the viewer may read, those in doubt first, in a fixed number of queries."""
    targets = list(OrderTarget.objects.filter(instance=instance).exclude(value=""))
    evidence = _load_evidence(targets, viewer)
    is_own = instance.owner_id == viewer.organization
    excluded = _find_excluded(targets, at) if is_own else {}
    victims = find_victims([target.thing for target in targets], find_standing_findings()).partly if is_own else ()
    results = _LegResults(instance)
    looks = find_latest_looks([target.value for target in targets if target.kind == "website"])
    may_open = may_read_looks(viewer)
    rows = [
        TargetRow(
            target=target,
            number=target.place + 1,
            shown=mask_value(target.kind, target.value),
            kind=kind_title(target.kind),
            action=ACTION_SPECS[Action(target.action)].title if target.action else Words("", ""),
            state=_present_state(target, results),
            subject=evidence[target.thing].subject,
            sentence=mask_in_text(evidence[target.thing].sentence, target.kind, target.value),
            findings=evidence[target.thing].findings,
            score=evidence[target.thing].score,
            look_alikes=evidence[target.thing].look_alikes,
            excluded=excluded.get(target_of(target)),
            is_victim_too=target.thing in victims,
            is_assessed=instance.owner_id in viewer.reads,
            legs=results.of(target),
            look=describe_look(looks[target.value]) if target.value in looks else "",
            look_ref=looks[target.value].ref if may_open and target.value in looks else "",
        )
        for target in targets
    ]
    return sorted(rows, key=lambda row: (not row.is_doubtful, row.number))


def _present_state(target: OrderTarget, results: _LegResults) -> Badge:
    """Return the state of a target: restored or ended only once each receiver is proven to have lifted the measure."""
    legs = results.lifting(target)
    if any(leg.ended_at is None for leg in legs):
        reported = sum(leg.state in _REPORTED for leg in legs)
        progress = Words(f"正在解除，{reported}/{len(legs)}", f"being lifted, {reported} of {len(legs)}")
        return Badge(localize(_LIFTED if reported == len(legs) else progress), "", Tone.WARN)
    return Badge(localize(STATE_WORDS[target.state]), "", _TONES.get(TargetState(target.state), Tone.QUIET))


def sent_back_query(rows: Sequence[TargetRow]) -> str:
    """Return the query of the page that drafts an order for the targets that were sent back, "" without any."""
    subjects = [row.subject for row in rows if row.target.state == TargetState.SENT_BACK and row.subject]
    return urlencode({"subject": subjects}, doseq=True)


@dataclass
class _FoundEvidence:
    """What was found about one thing, over all its holders."""

    subject: str = ""
    findings: int = 0
    score: float = 0.0
    strongest: int = 0  # primary key of the finding
    sentence: str = ""
    detectors: set[str] = field(default_factory=set)
    look_alikes: tuple[str, ...] = ()


def _load_evidence(targets: Sequence[OrderTarget], viewer: Viewer) -> Mapping[str, _FoundEvidence]:
    evidence: dict[str, _FoundEvidence] = defaultdict(_FoundEvidence)
    subjects = find_subjects().filter(thing__in=[target.thing for target in targets])
    things = {}
    for pk, ref, thing in subjects.order_by("pk").values_list("pk", "ref", "thing"):
        things[pk], evidence[thing].subject = thing, ref  # the latest holder
    groups = find_standing_findings().filter(subject__in=things).order_by().values("subject", "detector")
    for group in groups.annotate(many=Count("pk"), top=Max("score"), latest=Max("pk")):
        found = evidence[things[group["subject"]]]
        found.findings += group["many"]
        found.detectors.add(group["detector"])
        if group["top"] > found.score or not found.strongest:
            found.score, found.strongest = group["top"], group["latest"]
    findings = find_findings().in_bulk([found.strongest for found in evidence.values() if found.strongest])
    detectors = sorted({detector for found in evidence.values() for detector in found.detectors})
    look_alikes = find_look_alikes(detectors, set(things), viewer)
    for found in evidence.values():
        if finding := findings.get(found.strongest):
            found.sentence = evidence_sentence(finding, viewer)
        alike = [item.shown for item in look_alikes if item.detector in found.detectors]
        found.look_alikes = tuple(alike[:LOOK_ALIKES_SHOWN])
    return evidence


def _find_excluded(rows: Sequence[OrderTarget], at: datetime) -> dict[Target, Words]:
    targets = [target_of(row) for row in rows]
    victims = victim_targets(targets, find_standing_findings())
    return victims | allowlisted_targets(targets, to_ms(at)) | protected_targets(targets)


class _LegResults:
    """The state of each target at each receiver that may act on it, among the legs that the viewer may read.

    Of a target that was restored, it is the state of the leg that lifts the measure, of the order or of an appeal.
    """

    def __init__(self, instance: ProcessInstance) -> None:
        self._legs: list[Leg] = list(find_legs().filter(instance=instance).select_related("receiver").order_by("pk"))
        legs = instance.version.process.legs
        self._titles = {instance.pk: {name: state.title for name, state in legs.states.items()} if legs else {}}
        self._appealed: dict[int, dict[int, Leg]] = defaultdict(dict)  # by place and receiver, of the latest appeal
        appeals = find_legs().filter(
            instance__process=APPEAL_PROCESS,
            instance__owner=instance.owner_id,
            instance__situation__facts__order=instance.ref,
        )
        for leg in appeals.select_related("receiver", "instance__version").order_by("pk"):
            legs = leg.instance.version.process.legs
            self._titles[leg.instance_id] = {name: state.title for name, state in legs.states.items()} if legs else {}
            for place in appealed_places(current_situation(leg.instance).facts):
                self._appealed[place][leg.receiver_id] = leg
        partial = [leg.pk for leg in self._legs if leg.state == _PARTIAL]
        rows = AnsweredTarget.objects.filter(leg__in=partial, is_undo=False)
        self._answers = {(leg, place): state for leg, place, state in rows.values_list("leg", "place", "state")}

    def of(self, target: OrderTarget) -> tuple[LegResult, ...]:
        """Return the results of a target that is, or was, ordered."""
        if target.state in (TargetState.PROPOSED, TargetState.SENT_BACK) or not target.action:
            return ()
        return tuple(LegResult(str(leg.receiver), self._words(leg, target)) for leg in self._legs_of(target))

    def lifting(self, target: OrderTarget) -> list[Leg]:
        """Return the legs that lift the measure from a target, or have lifted it; [] while the order applies to it."""
        if target.state not in (TargetState.RESTORED, TargetState.ENDED) or not target.action:
            return []
        return [leg for leg in self._legs_of(target) if leg.state in _LIFTING]

    def _legs_of(self, target: OrderTarget) -> list[Leg]:
        legs = {leg.receiver_id: leg for leg in self._legs if may_receive(Action(target.action), leg.receiver.kind)}
        if target.state == TargetState.RESTORED:
            legs |= self._appealed.get(target.place, {})
        return list(legs.values())

    def _words(self, leg: Leg, target: OrderTarget) -> str:
        if leg.state != _PARTIAL:
            return localize(self._titles[leg.instance_id][leg.state])
        answer = self._answers.get((leg.pk, target.place))
        return localize(ANSWER_WORDS[AnswerState(answer)]) if answer else _("not answered yet")

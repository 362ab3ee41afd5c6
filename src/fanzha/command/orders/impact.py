"""Before an order is signed: whom it hits, who is spared, how likely it is wrong, how it is taken back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.orders.exclusions import allowlisted_targets, protected_targets, victim_targets
from fanzha.command.orders.targets import find_action, parse_targets
from fanzha.command.subjects.canonical import mask_value
from fanzha.command.subjects.models import FindingRow, OpinionRow, Subject
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, Action, Target
from fanzha.kinds.numbering.terms import OPERATOR_WORDS, Operator
from fanzha.kinds.phone_number import classify, facts_of
from fanzha.store.numbering_tables import load_numbering_tables

SAMPLE = 5
#: So many of the latest subjects that one's own people cleared are looked through for look-alikes.
_MAX_CLEARED = 200
_NUMBERS = ("phone_number", "short_code")
_OTHERS = Words("其他", "others")


@dataclass(frozen=True)
class ExcludedTarget:
    """A target that the order leaves out, masked, and why."""

    shown: str
    why: Words


@dataclass(frozen=True)
class LookAlike:
    """A subject that was found by the same detectors and turned out innocent: masked, what was found, its score."""

    ref: str
    shown: str
    reason: Words
    score: float
    cleared_at: datetime


@dataclass(frozen=True)
class Impact:
    """What an order would do. `wrong_of` counts earlier decisions on the same detectors, `wrong` those that failed."""

    action: Action | None
    targets: tuple[Target, ...]
    not_understood: tuple[tuple[str, str], ...]
    spared: tuple[ExcludedTarget, ...]
    protected: tuple[ExcludedTarget, ...]
    victims: tuple[ExcludedTarget, ...]
    without_findings: int
    cleared: int
    places: tuple[tuple[Words, int], ...]
    operators: tuple[tuple[Words, int], ...]
    look_alikes: tuple[LookAlike, ...]
    wrong: int
    wrong_of: int
    keeps: Words | None
    undone: Words

    @property
    def hits(self) -> int:
        """Return how many subjects it hits."""
        return len(self.targets)

    @property
    def left_out(self) -> tuple[ExcludedTarget, ...]:
        """Return the targets that it leaves out."""
        return (*self.protected, *self.spared, *self.victims)

    @property
    def wrong_percent(self) -> int | None:
        """Return the likely share of false ones in per cent, None where there is nothing to judge by."""
        return round(100 * self.wrong / self.wrong_of) if self.wrong_of else None


UNDO_WORDS = Words(
    "撤回后，各接收单位均被要求解除；筛查节点五秒内恢复，当事人被告知，并计为误处置",
    "A roll-back asks every receiver to lift it; screens let pass within five seconds; the person is told, "
    "and it counts as a false disposal",
)


def assess_impact(target_kind: str, action: str, values: Iterable[str], viewer: Viewer, at: datetime) -> Impact:
    """Return what an order on values (as they were written) would do, as far as the viewer may know."""
    found = parse_targets(target_kind, action, values)
    everybodys = protected_targets(found.targets)
    listed = allowlisted_targets([one for one in found.targets if one not in everybodys], to_ms(at))
    warned = victim_targets(
        [one for one in found.targets if one not in everybodys and one not in listed], FindingRow.objects.all()
    )
    excluded = everybodys | listed | warned
    targets = tuple(one for one in found.targets if one not in excluded)
    known = _TargetFindings(targets, viewer)
    wrong, decided = _count_past_decisions(known.detectors, viewer)
    meant = find_action(target_kind, action)
    return Impact(
        action=meant,
        targets=targets,
        not_understood=found.wrong,
        spared=tuple(ExcludedTarget(_mask(one), why) for one, why in listed.items()),
        protected=tuple(ExcludedTarget(_mask(one), why) for one, why in everybodys.items()),
        victims=tuple(ExcludedTarget(_mask(one), why) for one, why in warned.items()),
        without_findings=len(targets) - known.with_findings,
        cleared=known.cleared,
        places=_tally(_province(one) for one in targets),
        operators=_operators(targets, at),
        look_alikes=_look_alikes(known.detectors, known.keys, viewer),
        wrong=wrong,
        wrong_of=decided,
        keeps=ACTION_SPECS[meant].keeps if meant else None,
        undone=UNDO_WORDS,
    )


class _TargetFindings:
    """What the viewer may know of the targets, in a fixed number of queries."""

    def __init__(self, targets: Sequence[Target], viewer: Viewer) -> None:
        things = [digest(one.kind, one.value) for one in targets]
        rows = list(Subject.objects.filter(thing__in=things).values_list("pk", "thing"))
        self.keys = {key for key, _ in rows}
        found = FindingRow.objects.filter(FindingRow.standing(), subject__in=self.keys).order_by()
        pairs = set(found.values_list("subject", "detector").distinct())
        self.detectors = sorted({detector for _, detector in pairs})
        has = {subject for subject, _ in pairs}
        self.with_findings = len({thing for key, thing in rows if key in has})
        clear = OpinionRow.objects.filter(OpinionRow.standing(), subject__in=self.keys, level=Level.CLEAR.value)
        self.cleared = clear.order_by().values("subject").distinct().count()


def _look_alikes(detectors: Sequence[str], targets: set[int], viewer: Viewer) -> tuple[LookAlike, ...]:
    """Return subjects that one's own people cleared although the same detectors had found them, the strongest first."""
    if not detectors:
        return ()
    clear = OpinionRow._base_manager.filter(
        OpinionRow.standing(), owner=viewer.organization, level=Level.CLEAR.value
    ).order_by("-given_at")
    when = dict(clear.exclude(subject__in=targets).values_list("subject", "given_at")[:_MAX_CLEARED])
    rows = FindingRow.objects.filter(subject__in=when, detector__in=detectors).select_related("subject")
    found: dict[int, LookAlike] = {}
    for row in rows.order_by("-score", "-pk"):
        reason = Words("；".join(row.detail.reasons_zh), "; ".join(row.detail.reasons_en))
        shown = mask_value(row.subject.kind, row.subject.value, row.subject.shown)
        found.setdefault(row.subject_id, LookAlike(row.subject.ref, shown, reason, row.score, when[row.subject_id]))
        if len(found) == SAMPLE:
            break
    return tuple(found.values())


def _count_past_decisions(detectors: Sequence[str], viewer: Viewer) -> tuple[int, int]:
    """Return how many campaigns of the same detectors were set aside as false, and how many were decided on at all."""
    if not detectors:
        return 0, 0
    rows = Campaign._base_manager.filter(owner=viewer.organization, detector__in=detectors)
    counted = rows.aggregate(
        wrong=Count("pk", filter=Q(state=CampaignState.CLEARED)),
        right=Count("pk", filter=Q(confirmed_at__isnull=False)),
    )
    return counted["wrong"], counted["wrong"] + counted["right"]


def _operators(targets: Iterable[Target], at: datetime) -> tuple[tuple[Words, int], ...]:
    numbers = [classify(one.value) for one in targets if one.kind in _NUMBERS]
    if not numbers:
        return ()
    tables, moment = load_numbering_tables(), to_ms(at)
    return _tally(_operator(tables.carrier(facts, moment).operator) for facts in numbers)


def _operator(code: str) -> Words:
    known = {one.value: words for one, words in OPERATOR_WORDS.items() if one is not Operator.NONE}
    return known.get(code) or (Words(code, code) if code else _OTHERS)


def _province(one: Target) -> Words:
    facts = facts_of(classify(one.value)) if one.kind in _NUMBERS else []
    return next((fact.words for fact in facts if fact.name == "province"), _OTHERS)


def _tally(words: Iterable[Words]) -> tuple[tuple[Words, int], ...]:
    return tuple(Counter(words).most_common())


def _mask(one: Target) -> str:
    return mask_value(one.kind, one.value)

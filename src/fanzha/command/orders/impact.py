"""The impact of an order before approval: targets, exclusions, error rate and undo."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.orders.exclusions import allowlisted_targets, protected_targets, victim_targets
from fanzha.command.orders.receiver_proposals import ProposedReceivers, propose_receivers
from fanzha.command.orders.targets import ParsedTargets, parse_draft, qualify
from fanzha.command.processes.selectors import load_processes
from fanzha.command.reviews.selectors import MarkedShare, estimate_false_share, share_words
from fanzha.command.subjects.selectors import (
    find_findings,
    find_standing_findings,
    find_standing_opinions,
    find_subjects,
    mask_value,
)
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import ACTION_SPECS, Action, Target
from fanzha.kinds.numbering.terms import OPERATOR_WORDS, Operator
from fanzha.kinds.phone_number import classify, facts_of
from fanzha.store.numbering_tables import load_numbering_tables

_UNSCOPED = unscoped("look-alikes and past decisions of all organisations are counted, never shown")

SAMPLE = 5
#: How many recently cleared subjects are searched for look-alikes.
_MAX_CLEARED = 200
_NUMBERS = ("phone_number", "short_code")
_OTHERS = Words("其他", "others")


@dataclass(frozen=True)
class ExcludedTarget:
    """A target that the order excludes, masked, and the reason."""

    shown: str
    why: Words


@dataclass(frozen=True)
class LookAlike:
    """A subject with findings of the same detectors that was cleared: masked, with the reason and score."""

    ref: str
    detector: str
    shown: str
    reason: Words
    score: float
    cleared_at: datetime


@dataclass(frozen=True)
class TargetGroup:
    """The targets of one kind: how many, what is to be done with them, and who may do it (kinds of organisation).

    Without a chosen action `action` is None.
    """

    kind: str
    targets: int
    action: Action | None
    by: tuple[str, ...]

    @property
    def kind_title(self) -> Words:
        """Return the title of the kind of target."""
        return load_processes()["order"].events["draft"].evidence["target_kind"].choices[self.kind]

    @property
    def title(self) -> Words:
        """Return the title of the action, empty words without one."""
        return ACTION_SPECS[self.action].title if self.action else Words("", "")


@dataclass(frozen=True)
class Impact:
    """The impact, with the targets grouped by kind.

    `false_share` is that of the same detectors, by samples that others of the organisation marked.
    """

    actions: Mapping[Target, Action]
    groups: tuple[TargetGroup, ...]
    targets: tuple[Target, ...]
    kinds: Mapping[Target, str]
    not_understood: tuple[tuple[str, str], ...]
    allowlisted: tuple[ExcludedTarget, ...]
    protected: tuple[ExcludedTarget, ...]
    victims: tuple[ExcludedTarget, ...]
    without_findings: int
    cleared: int
    places: tuple[tuple[Words, int], ...]
    operators: tuple[tuple[Words, int], ...]
    look_alikes: tuple[LookAlike, ...]
    false_share: MarkedShare
    keeps: tuple[Words, ...]
    undone: Words
    proposed: ProposedReceivers

    @property
    def hits(self) -> int:
        """Return the number of targets."""
        return len(self.targets)

    def format_targets(self, *, is_mixed: bool) -> tuple[str, ...]:
        """Return the targets as a draft names them: if it has several kinds, with the kind before the value."""
        return tuple(qualify(target, self.kinds[target]) if is_mixed else target.value for target in self.targets)

    @property
    def likely_false(self) -> str:
        """Return the share of false findings in words."""
        return share_words(self.false_share)

    @property
    def left_out(self) -> tuple[ExcludedTarget, ...]:
        """Return all excluded targets."""
        return (*self.protected, *self.allowlisted, *self.victims)


UNDO_WORDS = Words(
    "撤回后，各接收单位均被要求解除；筛查节点五秒内恢复，当事人被告知，并计为误处置",
    "A roll-back asks every receiver to lift it; screens let pass within five seconds; the person is told, "
    "and it counts as a wrongful action",
)


def assess_impact(evidence: Mapping[str, Any], values: Iterable[str], viewer: Viewer, at: datetime) -> Impact:
    """Return the impact of an order on unparsed values, from data that the viewer may read.

    `evidence` has the kind of target and the actions, as the drafting event of `order.yaml` names them.
    """
    return assess_targets(parse_draft(evidence, values), viewer, at)


def assess_targets(parsed: ParsedTargets, viewer: Viewer, at: datetime) -> Impact:
    """Return the impact of an order on parsed targets, from data that the viewer may read."""
    shared = protected_targets(parsed.targets)
    allowlisted = allowlisted_targets([target for target in parsed.targets if target not in shared], to_ms(at))
    victims = victim_targets(
        [target for target in parsed.targets if target not in shared and target not in allowlisted],
        find_standing_findings(),
    )
    excluded = shared | allowlisted | victims
    targets = tuple(target for target in parsed.targets if target not in excluded)
    target_findings = _TargetFindings(targets, viewer)
    actions = {target: parsed.actions[target] for target in targets if target in parsed.actions}
    groups = [
        _group(kind, [target for target in targets if parsed.kinds[target] == kind], actions)
        for kind in parsed.list_kinds()
    ]
    return Impact(
        actions=actions,
        groups=tuple(group for group in groups if group.targets),
        targets=targets,
        kinds=parsed.kinds,
        not_understood=parsed.wrong,
        allowlisted=tuple(ExcludedTarget(_mask(target), why) for target, why in allowlisted.items()),
        protected=tuple(ExcludedTarget(_mask(target), why) for target, why in shared.items()),
        victims=tuple(ExcludedTarget(_mask(target), why) for target, why in victims.items()),
        without_findings=len(targets) - target_findings.with_findings,
        cleared=target_findings.cleared,
        places=_tally(_province(target) for target in targets),
        operators=_operators(targets, at),
        look_alikes=find_look_alikes(target_findings.detectors, target_findings.keys, viewer),
        false_share=estimate_false_share(target_findings.detectors, viewer),
        keeps=tuple(dict.fromkeys(ACTION_SPECS[action].keeps for action in actions.values())),
        undone=UNDO_WORDS,
        proposed=propose_receivers(actions, at),
    )


def _group(kind: str, targets: Sequence[Target], actions: Mapping[Target, Action]) -> TargetGroup:
    action = next((actions[target] for target in targets if target in actions), None)
    return TargetGroup(kind, len(targets), action, ACTION_SPECS[action].by if action else ())


class _TargetFindings:
    """The findings on the targets that the viewer may read, in a fixed number of queries."""

    def __init__(self, targets: Sequence[Target], viewer: Viewer) -> None:
        digests = [digest(target.kind, target.value) for target in targets]
        rows = list(find_subjects().filter(thing__in=digests).values_list("pk", "thing"))
        self.keys = {key for key, _ in rows}
        findings = find_standing_findings().filter(subject__in=self.keys).order_by()
        pairs = set(findings.values_list("subject", "detector").distinct())
        self.detectors = sorted({detector for _, detector in pairs})
        subjects_with_findings = {subject for subject, _ in pairs}
        self.with_findings = len({target_digest for key, target_digest in rows if key in subjects_with_findings})
        clear = find_standing_opinions().filter(subject__in=self.keys, level=Level.CLEAR.value)
        self.cleared = clear.order_by().values("subject").distinct().count()


def find_look_alikes(detectors: Sequence[str], targets: set[int], viewer: Viewer) -> tuple[LookAlike, ...]:
    """Return subjects that the viewer's organisation cleared despite such findings, highest score first.

    `targets` are the primary keys of subjects that are left out.
    """
    if not detectors:
        return ()
    clear = (
        find_standing_opinions(_UNSCOPED)
        .filter(owner=viewer.organization, level=Level.CLEAR.value)
        .order_by("-given_at")
    )
    cleared_at = dict(clear.exclude(subject__in=targets).values_list("subject", "given_at")[:_MAX_CLEARED])
    rows = find_findings().filter(subject__in=cleared_at, detector__in=detectors).select_related("subject")
    look_alikes: dict[int, LookAlike] = {}
    for row in rows.order_by("-score", "-pk"):
        masked_value = mask_value(row.subject.kind, row.subject.value, row.subject.shown)
        look_alikes.setdefault(
            row.subject_id,
            LookAlike(
                row.subject.ref, row.detector, masked_value, row.detail.summary, row.score, cleared_at[row.subject_id]
            ),
        )
        if len(look_alikes) == SAMPLE:
            break
    return tuple(look_alikes.values())


def _operators(targets: Iterable[Target], at: datetime) -> tuple[tuple[Words, int], ...]:
    numbers = [classify(target.value) for target in targets if target.kind in _NUMBERS]
    if not numbers:
        return ()
    tables, moment = load_numbering_tables(), to_ms(at)
    return _tally(_operator(tables.carrier(facts, moment).operator) for facts in numbers)


def _operator(code: str) -> Words:
    words_by_code = {
        operator.value: words for operator, words in OPERATOR_WORDS.items() if operator is not Operator.NONE
    }
    return words_by_code.get(code) or (Words(code, code) if code else _OTHERS)


def _province(target: Target) -> Words:
    facts = facts_of(classify(target.value)) if target.kind in _NUMBERS else []
    return next((fact.words for fact in facts if fact.name == "province"), _OTHERS)


def _tally(words: Iterable[Words]) -> tuple[tuple[Words, int], ...]:
    return tuple(Counter(words).most_common())


def _mask(target: Target) -> str:
    return mask_value(target.kind, target.value)

"""Progress of a leg over all its answers: partial answers add up, and each target counts once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from fanzha.base.errors import Malformed
from fanzha.command.audit.services import recorded
from fanzha.command.orders.digest_tables import ANSWERED_TARGETS
from fanzha.command.orders.models import AnsweredTarget
from fanzha.command.orders.order_summary import OrderSummary, summarize_leg
from fanzha.dispose import Answer, AnswerState, Target
from fanzha.kinds import all_kinds

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg

#: The state of a leg in which earlier answers on single targets still count.
_PARTIAL = "partial"


@dataclass(frozen=True)
class AnswerProgress:
    """The answered states of a leg's targets by position; `expected` are the positions that must be answered."""

    leg: Leg
    is_undo: bool
    expected: frozenset[int]
    earlier: Mapping[int, str]
    answered: Mapping[int, str]

    @property
    def is_new(self) -> bool:
        """Return whether the answer changes any state."""
        return any(self.earlier.get(position) != state for position, state in self.answered.items())

    def count_done(self, state: AnswerState = AnswerState.EXECUTED) -> int:
        """Return how many targets have a state."""
        return len(self._positions_in(state))

    def count_remaining(self, state: AnswerState = AnswerState.EXECUTED) -> int:
        """Return how many expected targets do not have a state."""
        return len(self.expected - self._positions_in(state))

    def save(self, at: datetime) -> None:
        """Save the states of the answer, and delete the rows that no longer count."""
        with recorded() as log:
            rows = AnsweredTarget.objects.filter(leg=self.leg, is_undo=self.is_undo)
            before = list(rows.values_list("pk", flat=True))
            rows.exclude(place__in=self.earlier).delete()
            AnsweredTarget.objects.bulk_create(
                [
                    AnsweredTarget(leg=self.leg, is_undo=self.is_undo, place=position, state=state, at=at)
                    for position, state in self.answered.items()
                ],
                update_conflicts=True,
                unique_fields=["leg", "is_undo", "place"],
                update_fields=["state", "at"],
            )
            log.digest(ANSWERED_TARGETS.model, {*before, *rows.values_list("pk", flat=True)})

    def _positions_in(self, state: AnswerState) -> frozenset[int]:
        return frozenset(
            position for position, current_state in {**self.earlier, **self.answered}.items() if current_state == state
        )


def load_progress(leg: Leg, answer: Answer) -> AnswerProgress | None:
    """Return the progress including an answer that names targets; None if the leg is about none of them."""
    summary = summarize_leg(leg)
    positions = _positions(summary, answer.targets)
    if not positions:
        return None
    before = _earlier_undo_states(leg) if answer.undo else _earlier_states(leg)
    expected = _positions_to_lift(leg, summary) if answer.undo else _positions(summary, summary.targets)
    return AnswerProgress(leg, answer.undo, expected, before, dict.fromkeys(positions, answer.state.value))


def clear_progress(leg: Leg) -> None:
    """Delete the states of single targets after an answer for the whole leg."""
    rows = AnsweredTarget.objects.filter(leg=leg)
    with recorded():
        rows.delete()


def _earlier_states(leg: Leg) -> dict[int, str]:
    rows = AnsweredTarget.objects.filter(leg=leg, is_undo=False)
    return dict(rows.values_list("place", "state")) if leg.state == _PARTIAL else {}


def _earlier_undo_states(leg: Leg) -> dict[int, str]:
    rows = AnsweredTarget.objects.filter(leg=leg, is_undo=True, at__gte=leg.changed_at)
    return dict(rows.values_list("place", "state"))


def _positions_to_lift(leg: Leg, summary: OrderSummary) -> frozenset[int]:
    """Return the positions to lift: the executed targets, else all that were ordered.

    A leg with several instructions is lifted once each of them is, so that none is overtaken before it was sent.
    """
    if summary.has_parts:
        return _positions(summary, summary.ordered)
    executed = AnsweredTarget.objects.filter(leg=leg, is_undo=False, state=AnswerState.EXECUTED.value)
    return frozenset(executed.values_list("place", flat=True)) or _positions(summary, summary.ordered)


def _positions(summary: OrderSummary, targets: Iterable[Target]) -> frozenset[int]:
    """Return the positions of targets among all of the order; those that the leg is not about have none."""
    keys = {(target.kind, _canonical(target)) for target in targets}
    own = {*summary.ordered, *summary.targets}
    return frozenset(
        position
        for position, target in enumerate(summary.named)
        if target in own and (target.kind, target.value) in keys
    )


def _canonical(target: Target) -> str:
    kind = all_kinds().get(target.kind)
    try:
        return kind.normalise(target.value) if kind else target.value
    except Malformed:
        return target.value

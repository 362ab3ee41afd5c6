"""How much of a leg was answered over all its messages: parts add up, and each target counts once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fanzha.base.errors import Malformed
from fanzha.command.orders.models import AnsweredTarget
from fanzha.command.orders.order_summary import OrderSummary, summarize_order
from fanzha.command.processes.models import Leg
from fanzha.dispose import Answer, AnswerState, Target
from fanzha.kinds import all_kinds

#: Where what was answered of single targets before still counts: a leg that stands elsewhere begins anew.
_PARTIAL = "partial"


@dataclass(frozen=True)
class AnswerProgress:
    """What is known of a leg's targets, by their places: `wanted` are all that have to be answered."""

    leg: Leg
    is_undo: bool
    expected: frozenset[int]
    earlier: Mapping[int, str]
    answered: Mapping[int, str]

    @property
    def is_new(self) -> bool:
        """Return whether the answer says anything that was not said before."""
        return any(self.earlier.get(place) != state for place, state in self.answered.items())

    def count_done(self, state: AnswerState = AnswerState.EXECUTED) -> int:
        """Return of how many targets a state was answered."""
        return len(self._positions_in(state))

    def count_remaining(self, state: AnswerState = AnswerState.EXECUTED) -> int:
        """Return of how many targets it has yet to be answered."""
        return len(self.expected - self._positions_in(state))

    def save(self, at: datetime) -> None:
        """Keep what the answer says; what no longer counts goes."""
        held = AnsweredTarget.objects.filter(leg=self.leg, is_undo=self.is_undo)
        held.exclude(place__in=self.earlier).delete()
        AnsweredTarget.objects.bulk_create(
            [
                AnsweredTarget(leg=self.leg, is_undo=self.is_undo, place=place, state=state, at=at)
                for place, state in self.answered.items()
            ],
            update_conflicts=True,
            unique_fields=["leg", "is_undo", "place"],
            update_fields=["state", "at"],
        )

    def _positions_in(self, state: AnswerState) -> frozenset[int]:
        return frozenset(place for place, known in {**self.earlier, **self.answered}.items() if known == state)


def load_progress(leg: Leg, answer: Answer) -> AnswerProgress | None:
    """Return what is known with an answer that names targets; None when the order names none of them."""
    said = summarize_order(leg.instance)
    named = _positions(said, answer.targets)
    if not named:
        return None
    before = _earlier_undo_states(leg) if answer.undo else _earlier_states(leg)
    wanted = _positions_to_lift(leg, said) if answer.undo else _positions(said, said.targets)
    return AnswerProgress(leg, answer.undo, wanted, before, dict.fromkeys(named, answer.state.value))


def clear_progress(leg: Leg) -> None:
    """Forget what was answered of single targets: the leg was answered as a whole."""
    AnsweredTarget.objects.filter(leg=leg).delete()


def _earlier_states(leg: Leg) -> dict[int, str]:
    rows = AnsweredTarget.objects.filter(leg=leg, is_undo=False)
    return dict(rows.values_list("place", "state")) if leg.state == _PARTIAL else {}


def _earlier_undo_states(leg: Leg) -> dict[int, str]:
    rows = AnsweredTarget.objects.filter(leg=leg, is_undo=True, at__gte=leg.changed_at)
    return dict(rows.values_list("place", "state"))


def _positions_to_lift(leg: Leg, said: OrderSummary) -> frozenset[int]:
    """Return the targets that are to be lifted: those that were said to be done, else all that the order names."""
    done = AnsweredTarget.objects.filter(leg=leg, is_undo=False, state=AnswerState.EXECUTED.value)
    return frozenset(done.values_list("place", flat=True)) or frozenset(range(len(said.named)))


def _positions(said: OrderSummary, targets: Iterable[Target]) -> frozenset[int]:
    wanted = {(one.kind, _canonical(one)) for one in targets}
    return frozenset(place for place, one in enumerate(said.named) if (one.kind, one.value) in wanted)


def _canonical(target: Target) -> str:
    known = all_kinds().get(target.kind)
    try:
        return known.normalise(target.value) if known else target.value
    except Malformed:
        return target.value

"""A replay tells what a stream would have told: each subject once in a quiet time, whatever the cuts."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest
from tests.analyze.backtest.history import MINUTE, START, calls, number, rule, together

from fanzha.analyze.backtest.hits import MAX_EXPLAINED, Hit, replay
from fanzha.analyze.backtest.rule_versions import load_rule_versions
from fanzha.analyze.event_order import Slice

HISTORY = together(calls(number(1), 40), calls(number(2), 10), calls(number(3), 40, start=START + 30 * MINUTE))


def pieces(whole: Slice, minutes: int) -> Iterator[Slice]:
    """Cut a history into stretches of so many minutes."""
    for first in range(START, START + 120 * MINUTE, minutes * MINUTE):
        cut = {table: _between(batch, first, first + minutes * MINUTE) for table, batch in whole.items()}
        if selected := {table: batch for table, batch in cut.items() if batch.num_rows}:
            yield selected


def _between(batch: pa.RecordBatch, first: int, until: int) -> pa.RecordBatch:
    moments = batch.column("occurred_at").to_numpy()
    low, high = (int(index) for index in np.searchsorted(moments, [first, until]))
    return batch.slice(low, high - low)


def hits(limit: int = 20, *, minutes: int = 120) -> list[Hit]:
    return replay(load_rule_versions([("a", rule(limit))], {}), pieces(HISTORY, minutes)).hits


def test_a_subject_is_told_once_in_its_quiet_time_at_the_call_that_reached_the_limit() -> None:
    assert [(hit.subject.value, hit.moment) for hit in hits()] == [
        (number(1), START + 19 * MINUTE + 5_000),
        (number(3), START + 49 * MINUTE + 5_000),
    ]


def test_a_hit_says_what_made_it_where_it_came_in_and_that_it_is_simulated() -> None:
    hit = hits()[0]
    assert hit.event_id == f"call_ended {number(1)} {START} 19"
    assert (hit.trigger.number, hit.trigger.proven_number, hit.trigger.ingress) == (number(1), number(1), "mobile")
    assert hit.simulated and hit.score == pytest.approx(0.6)
    assert any("= 20" in reason.en for reason in hit.reasons)


@pytest.mark.parametrize("minutes", [1, 7, 60])
def test_the_cuts_of_the_history_change_nothing(minutes: int) -> None:
    assert hits(minutes=minutes) == hits()


def test_every_version_is_replayed_and_its_firings_are_counted_quiet_times_included() -> None:
    result = replay(load_rule_versions([("a", rule(20)), ("b", rule(39))], {}), pieces(HISTORY, 120))
    assert result.firings == [42, 4]
    assert [hit.version for hit in result.hits] == [0, 1, 0, 1]


def test_a_claimed_number_is_never_the_subject() -> None:
    unproven = calls(number(1), 40, trunk="IGW-FIC-07", proven=False)
    (hit,) = replay(load_rule_versions([("a", rule(30))], {}), iter([unproven])).hits
    assert hit.subject == ("trunk", "IGW-FIC-07") and hit.trigger.number == number(1)


def test_beyond_the_first_hits_no_reasons_are_kept() -> None:
    many = together(*(calls(number(n), 1) for n in range(MAX_EXPLAINED + 5)))
    result = replay(load_rule_versions([("a", rule(1))], {}), iter([many])).hits
    assert [bool(hit.reasons) for hit in result] == [True] * MAX_EXPLAINED + [False] * 5


def test_no_history_has_no_hits() -> None:
    assert replay(load_rule_versions([("a", rule(1))], {}), iter([])) == ([], [0])

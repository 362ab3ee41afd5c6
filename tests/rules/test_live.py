"""Single facts decide as columns do, whatever the rules and the stream; a state goes from one to the other and back.

EQUALITY_CASES says how many rule × stream cases, EQUALITY_SEED which.
"""

import os
import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.rules.facts import HOUR, MINUTE, START, batch
from tests.rules.random_rule import LISTS, random_live_rule
from tests.rules.random_stream import random_stream

from fanzha.rules import check, parse
from fanzha.rules._engine.event_ids import NOBODY, PARTIES, PIECE, EventIds
from fanzha.rules._live.calls import SHARDS, LiveCalls
from fanzha.rules._live.event_sequencer import CALL_BYTES, WAIT_BYTES
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.explain import WindowValue, explain
from fanzha.rules.live import BYTES_AN_EVENT, Firing, Live
from fanzha.rules.tree import Rule
from fanzha.windows import DAY_MS, UNKNOWN
from fanzha.windows.calls import ANSWERED, ENDED, OFFERED

CASES = int(os.environ.get("EQUALITY_CASES", "160"))
SEED = os.environ.get("EQUALITY_SEED", "2026")
RULES = 4
CALLS = 5_000  # whose memory is measured

Told = tuple[str, str, int, float, str]


@pytest.mark.parametrize("stream", range(-(-CASES // RULES)))
def test_single_facts_fire_where_columns_do(stream: int) -> None:
    random = Random(f"{SEED} {stream}")
    tables = random_stream(random)
    texts = [random_live_rule(random, tables) for _ in range(RULES)]
    rules = [check(parse(text)).rules[0] for text in texts]
    facts = sequence(tables)
    assert sorted(told_live(rules, facts, random)) == sorted(told_by_columns(rules, tables, facts)), texts


def sequence(tables: Mapping[str, pa.Table]) -> list[tuple[str, dict[str, Any]]]:
    """Return the facts of all tables, each once, by moment, stage of a call, id and table."""
    late = {"call_answered": 1, "call_ended": 2}
    facts = ((name, row) for name, table in tables.items() for row in table.to_pylist())
    keyed = {(row["occurred_at"], late.get(name, 0), row["event_id"], name): row for name, row in facts}
    return [(key[-1], keyed[key]) for key in sorted(keyed)]


def told_by_columns(
    rules: list[Rule], tables: Mapping[str, pa.Table], facts: list[tuple[str, dict[str, Any]]]
) -> Iterator[Told]:
    engine = RuleEngine(rules, LISTS)
    for name, table in tables.items():
        rows = [row for table_of, row in facts if table_of == name]
        for one in pa.Table.from_pylist(rows, table.schema).to_batches():
            engine.take(name, one)
    for fired in engine.settle(facts[-1][1]["occurred_at"] + 1):
        yield from (told(engine, fired, row) for row in range(len(fired.positions)))


def told_live(rules: list[Rule], facts: list[tuple[str, dict[str, Any]]], random: Random) -> Iterator[Told]:
    """Feed the beginning as columns, the rest one by one; the state now and then goes through an engine."""
    live = Live(rules, LISTS, seed=1)
    last = facts[-1][1]["occurred_at"]
    cut = random.choice(facts)[1]["occurred_at"] if random.random() < 0.3 else 0
    for name in dict.fromkeys(name for name, _ in facts):
        rows = [row for table, row in facts if table == name and row["occurred_at"] < cut]
        if rows:
            live.take(name, pa.RecordBatch.from_pylist(rows, schema=batch(name).schema))
    for fired in live.settle(cut):
        yield from (told(live, fired, row) for row in range(len(fired.positions)))
    for name, row in facts:
        if row["occurred_at"] >= cut:
            yield from over(live, row["occurred_at"])
            yield from (told(live, firing.fired, 0) for firing in live.fact(name, row["occurred_at"], row))
            if random.random() < 0.02:
                live = again(live, rules)
    yield from over(live, last + 1)


def over(live: Live, now: int) -> Iterator[Told]:
    """Let time pass wait by wait, so that windows still hold what is to be explained."""
    while live.next_due is not None and live.next_due <= now:
        yield from (told(live, firing.fired, 0) for firing in live.pass_time(live.next_due))


def again(live: Live, rules: list[Rule]) -> Live:
    """Return a live one that goes on from the state of an engine that went on from this one's."""
    engine = RuleEngine(rules, LISTS)
    engine.restore(live.save())
    after = Live(rules, LISTS, seed=2)
    after.restore(engine.save())
    return after


def told(engine: RuleEngine, fired: Fired, row: int) -> Told:
    """Return all that is said of a firing, its explanation included."""
    said = [str(fired.of_event(name, row)) for name in ("event_id", "simulated", "basis", "call_id")]
    conditions = explain(engine, fired, row)
    grounds = [(one.ground.text, one.left, one.right, seen(engine, one.windows)) for one in conditions]
    return fired.rule.name, said[0], int(fired.moments[row]), round(float(fired.scores[row]), 9), f"{said} {grounds}"


def seen(engine: RuleEngine, windows: Sequence[WindowValue]) -> list[object]:
    """Return the events of windows; a day's are told as of the end of a stretch, which is another for each."""
    exact = [one for one in windows if one.condition_window.window.span <= DAY_MS]
    return [[(event.occurred_at, engine.event_id(event.position)) for event in one.events] for one in exact]


BURST = """
rule burst "" ""
  on call_offered
  when count(call_offered by caller, 1h) >= 3
  then find caller_or_trunk score 0.7
"""
TALKING = """
rule long_talk "" ""
  on call still talking 20 min
  when ingress = "voip"
  then find callee score 0.5
"""
CALL = {"call_id": "c", "caller": "+8617000000001", "callee": "+8617000000002", "ingress": "voip", "event_id": "e1"}


def live(text: str, **most: int) -> Live:
    return Live(check(parse(text)).rules, None, extra_expressions=(), **most)


def names(firings: Sequence[Firing]) -> list[str]:
    return [firing.rule.name for firing in firings]


def test_a_rule_fires_at_the_fact_at_which_its_limit_is_reached() -> None:
    screen = live(BURST)
    assert [names(screen.offered(START + at, CALL)) for at in range(4)] == [[], [], ["burst"], ["burst"]]


def test_a_fact_that_comes_with_an_earlier_moment_counts_as_at_the_last() -> None:
    screen = live(BURST)
    screen.offered(START + HOUR, CALL)
    (first, second) = [screen.offered(START - 5 * at, CALL) for at in range(2)]
    assert names(first) == []
    assert [one.received.moment for one in second] == [START + HOUR]


def test_a_wait_that_nothing_ended_fires_when_time_passes() -> None:
    screen = live(TALKING)
    screen.offered(START, CALL)
    screen.answered(START + 5, {"call_id": "c", "event_id": "e2", "simulated": True})
    assert screen.next_due == START + 5 + 20 * MINUTE + 1
    assert names(screen.pass_time(START + 5 + 20 * MINUTE)) == []
    (firing,) = screen.pass_time(START + 5 + 20 * MINUTE + 1)
    assert [firing.fired.of_event(name, 0) for name in ("event_id", "simulated", "call_id")] == ["e2", True, "c"]
    assert firing.fired.text("callee", 0) == "+8617000000002"
    assert screen.next_due is None


def test_a_call_that_ends_in_time_does_not_fire() -> None:
    screen = live(TALKING)
    screen.offered(START, CALL)
    screen.answered(START + 5, {"call_id": "c"})
    screen.ended(START + 9, {"call_id": "c"})
    assert names(screen.pass_time(START + HOUR)) == []


def test_fields_of_other_types_and_calls_without_an_id_are_unknown() -> None:
    screen = live(BURST + TALKING)
    odd = {"caller": 17, "callee": b"x", "ingress": 1.5, "call_id": None, "event_id": 3, "simulated": "yes"}
    for at in range(9):
        assert names(screen.offered(START + at, odd)) == []
        assert names(screen.answered(START + at, odd)) == []
        assert names(screen.ended(START + at, {"call_id": "x" * 5_000, "answered": 3, "talk_ms": 1e300})) == []
    assert names(screen.pass_time(START + HOUR)) == []


def test_a_fact_is_at_the_moment_it_came_whatever_its_fields_say() -> None:
    screen = live(BURST.replace("count(call_offered by caller, 1h) >= 3", "hour(occurred_at) = 5"))
    assert names(screen.offered(START + 4 * HOUR, CALL | {"occurred_at": START + 5 * HOUR})) == []
    assert names(screen.offered(START + 5 * HOUR, CALL | {"occurred_at": START})) == ["burst"]


def test_tables_that_no_rule_reads_only_let_time_pass() -> None:
    screen = live(TALKING)
    screen.offered(START, CALL)
    screen.answered(START, {"call_id": "c"})
    assert names(screen.fact("message", START + HOUR, {"text": "hello"})) == ["long_talk"]


def test_beyond_the_calls_allowed_the_oldest_are_forgotten() -> None:
    screen = live(TALKING, most_calls=10)
    for number in range(25):
        screen.offered(START, CALL | {"call_id": f"c{number}"})
        screen.answered(START + number, {"call_id": f"c{number}"})
    assert len(screen.pass_time(START + HOUR)) == 10
    assert screen.forgotten == 15 + 15


def test_many_open_calls_are_joined_saved_and_bounded_as_few_are() -> None:
    most = SHARDS * SHARDS
    calls = LiveCalls([], 1, 1, most)
    for number in range(most + most // 4):
        calls.join(OFFERED, f"c{number}", number, (number,), ("", False, None))
    held = calls.open_calls
    assert 0.99 * most < held <= most
    assert calls.forgotten == most + most // 4 - held
    assert sorted(calls.call_ids()) == sorted(call for call, _ in calls)
    newest = most + most // 4 - 1
    assert calls.join(ANSWERED, f"c{newest}", newest, (7,), ("", False, None)) == ((newest,), (7,))
    assert calls.join(ENDED, f"c{newest}", newest, (), ("", False, None)) == ((newest,), (7,))
    assert calls.join(ENDED, "c0", newest, (), ("", False, None)) == ((UNKNOWN,), (UNKNOWN,))
    assert calls.open_calls == held - 1


RARE = """
rule rare "" ""
  on call_offered
  when count(call_offered by caller, 1h) <= 9000
  then find caller_or_trunk score 0.7
"""


def test_a_rule_whose_oldest_facts_were_freed_is_warm_a_span_after_them() -> None:
    screen = live(RARE, most_bytes=60_000)
    (rule,) = check(parse(RARE)).rules
    for number in range(5_000):
        screen.offered(START + number, CALL | {"call_id": f"c{number}", "event_id": f"e{number}"})
    assert screen.freed > 0
    assert screen.warm_from(rule) == START + screen.freed + HOUR
    assert sum(windows.usage().bytes for windows in screen.levels) <= 60_000
    (firing,) = screen.offered(START + 5_000, CALL)
    assert firing.value(next(iter(firing.live.program.levels[0].asking_kinds))) == 5_001 - screen.freed


NESTED = """
rule nested "" ""
  on call_offered
  when count(call_offered by caller where count(call_offered by callee = caller, 1h) = 0, 10 min) >= 3
  then find trunk as other score 0.5
"""
AGED = """
rule aged "" ""
  on call_offered
  when age(call_offered by caller, 1h) < 30 min
  then find trunk as other score 0.5
"""


@pytest.mark.parametrize(("text", "spans"), [(RARE, HOUR), (NESTED, 70 * MINUTE), (AGED, 2 * HOUR)])
def test_a_rule_is_warm_once_all_that_its_windows_rest_upon_was_seen(text: str, spans: int) -> None:
    screen = live(text)
    (rule,) = check(parse(text)).rules
    assert screen.warm_from(rule) is None
    screen.offered(START, CALL)
    assert screen.warm_from(rule) == START + spans


def test_a_rule_that_more_facts_can_only_confirm_is_warm_at_once() -> None:
    assert live(BURST).warm_from(check(parse(BURST)).rules[0]) == 0


@pytest.mark.parametrize(("text", "spans"), [(NESTED, 70 * MINUTE), (AGED, 2 * HOUR)])
def test_a_silence_that_freed_facts_may_have_broken_keeps_a_rule_from_being_warm(text: str, spans: int) -> None:
    screen = live(text, most_bytes=200_000)
    (rule,) = check(parse(text)).rules
    screen.offered(START - spans, CALL)
    assert screen.warm_from(rule) == START
    for number in range(5_000):
        screen.offered(START + number, CALL | {"caller": f"+8617{number:09d}", "call_id": f"c{number}"})
    assert screen.freed > 0
    warm_from = screen.warm_from(rule)
    assert warm_from is not None
    assert START + spans < warm_from <= START + 5_000 + spans


def test_explanations_know_the_ids_of_the_latest_facts_only_when_memory_is_bounded() -> None:
    screen = live(BURST, most_bytes=3 * PIECE * BYTES_AN_EVENT)
    for number in range(10 * PIECE):
        screen.offered(START + number, CALL | {"caller": f"+8617{number:09d}"})
    held = [position for position in range(10 * PIECE) if screen.holds_event(position)]
    assert held == list(range(held[0], 10 * PIECE))
    assert 3 * PIECE <= len(held) <= 5 * PIECE


def test_beyond_the_texts_allowed_a_new_one_is_unknown_and_numbers_are_not() -> None:
    screen = live(BURST, most_texts=2)
    for number in range(3):
        screen.offered(START, CALL | {"caller": "alice", "trunk": f"T{number}"})
    assert names(screen.offered(START, CALL | {"caller": "bob"})) == []
    assert [names(screen.offered(START, CALL)) for _ in range(3)][-1] == ["burst"]
    assert names(screen.offered(START, CALL | {"caller": "alice"})) == ["burst"]


def test_memory_stays_flat_while_callers_and_calls_come_and_go() -> None:
    screen, sizes = live(BURST.replace("caller, 1h", "caller, trunk, 1h") + TALKING), []
    for day in range(8):
        for number in range(300):
            at, call = START + day * 24 * HOUR + number, f"{day}-{number}"
            screen.offered(at, CALL | {"call_id": call, "trunk": f"T{call}", "event_id": call})
            screen.answered(at + 1, {"call_id": call})
            screen.ended(at + 2, {"call_id": call})
        sizes.append(screen.bytes_held + sum(windows.usage().bytes for windows in screen.levels))
    assert max(sizes[4:]) <= 1.05 * max(sizes[:4])  # a piece of ids is freed as a whole


def test_open_calls_and_waits_take_the_memory_that_is_stated() -> None:
    def held(answers: bool) -> float:
        screen = live(TALKING)
        tracemalloc.start()
        for number in range(CALLS):
            call = f"3f2504e0-4f89-41d3-9a0c-{number:012d}"
            screen.offered(START, dict(CALL, call_id=call, event_id=f"{number:032x}"))
            if answers:
                screen.answered(START, {"call_id": call, "event_id": f"{number:032d}"})
        taken, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return taken / CALLS

    held(True)  # what is loaded once is not counted
    assert 0.5 * CALL_BYTES < held(False) < 1.2 * CALL_BYTES
    assert 0.5 * (CALL_BYTES + WAIT_BYTES) < held(True) < 1.2 * (CALL_BYTES + WAIT_BYTES)


def test_ids_of_single_facts_are_packed_and_found_again() -> None:
    ids = EventIds()
    for place in range(3 * PIECE):
        ids.add(place, place, f"{place:032x}" if place < 2 * PIECE else f"call-{place}")
    assert ids.bytes_held < 2 * PIECE * 17 + PIECE * (65 + 8 * len(PARTIES))
    known = EventIds(ids.save())
    assert [known.get(place) for place in (0, PIECE, 3 * PIECE - 1)] == [
        "0" * 32,
        f"{PIECE:032x}",
        f"call-{3 * PIECE - 1}",
    ]
    known.sweep(PIECE)
    known.add(3 * PIECE, 9, "z")
    assert known.get(3 * PIECE) == "z"
    with pytest.raises(KeyError):
        known.get(0)


def test_who_and_whom_of_facts_is_found_again_however_they_came() -> None:
    ids = EventIds()
    ids.append(0, 9, pa.array(["a", "b"]), np.array([[1, 2, 3], [UNKNOWN, 5, UNKNOWN]]))
    ids.append(2, 9, pa.array(["c"]), np.full((1, 3), UNKNOWN))
    for place in range(3, 2 * PIECE):
        ids.add(place, 9, f"{place:032x}", (place, 7, UNKNOWN))
    for known in (ids, EventIds(ids.save())):
        assert known.parties(0) == (1, 2, 3)
        assert known.parties(1) == (UNKNOWN, 5, UNKNOWN)
        assert known.parties(2) == NOBODY
        assert [known.parties(place) for place in (3, PIECE + 2, PIECE + 3, 2 * PIECE - 1)] == [
            (place, 7, UNKNOWN) for place in (3, PIECE + 2, PIECE + 3, 2 * PIECE - 1)
        ]
    known.add(2 * PIECE, 9, "z", (8, 8, 8))
    assert (known.get(2 * PIECE), known.parties(2 * PIECE)) == ("z", (8, 8, 8))


def test_rules_that_follow_hand_windows_over_and_move_what_changed() -> None:
    old = live(BURST + TALKING)
    old.offered(START, CALL)
    old.offered(START + 1, CALL)
    old.answered(START + 2, {"call_id": "c", "event_id": "e2"})
    same = live(BURST.replace(">= 3", ">= 4") + TALKING)
    same.take_over(old)
    assert same.levels == old.levels
    assert names(same.offered(START + 3, CALL)) == []
    to_one = BURST.replace("by caller", "by callee").replace("burst", "to_one")
    other = live(to_one.replace(">= 3", ">= 9") + BURST + TALKING.replace("ingress", 'trunk = "x" or ingress'))
    other.take_over(same)
    assert names(other.offered(START + 4, CALL)) == ["burst"]
    (firing,) = other.pass_time(START + HOUR)
    assert firing.fired.of_event("event_id", 0) == "e2"
    assert other.event_id(0) == "e1"


def test_no_rules_take_anything() -> None:
    screen = Live(())
    assert names(screen.offered(START, CALL)) == []
    screen.restore(screen.save())
    screen.take_over(live(BURST))
    assert names(screen.pass_time(START + HOUR)) == []


def test_a_long_text_is_matched_in_time_that_grows_with_its_length_and_broken_characters_match_nothing_else() -> None:
    pattern = "(a|a)*(a|a)*(a|a)*b$"  # a backtracking search takes 2^n steps
    screen = live(f'rule hostile\n  on message\n  when text matches "{pattern}"\n  then find recipient score 0.5\n')
    started = perf_counter()
    assert names(screen.fact("message", START, {"recipient": "+8613800138000", "text": "a" * 60_000})) == []
    assert names(screen.fact("message", START, {"recipient": "+8613800138000", "text": "\ud800ab"})) == ["hostile"]
    assert perf_counter() - started < 10


def test_the_week_begins_on_monday_at_midnight_in_china() -> None:
    rule = "rule monday\n  on message\n  when weekday(occurred_at) = 1\n  then find recipient score 0.5\n"
    screen = live(rule)
    hours = range(4 * 24 - 1, 5 * 24 + 1)  # the stream starts on a Thursday
    fired = [hour for hour in hours if screen.fact("message", START + hour * HOUR, {"recipient": "+8613800138000"})]
    assert fired == list(range(4 * 24, 5 * 24))

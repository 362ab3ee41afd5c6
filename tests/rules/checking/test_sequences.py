"""Sequences mean what loops over facts say: each before the next, by key, within its span; or none that follows."""

from collections.abc import Iterator
from random import Random

import msgspec
import numpy as np
import pytest
from tests.rules.facts import MINUTE, START, batch
from tests.rules.rule_texts import codes, text

from fanzha.rules import check, parse
from fanzha.rules.engine import RuleEngine
from fanzha.rules.live import Live

NUMBERS = ("+8613800138000", "+8613800138001")
TAKEN_OVER = """rule taken_over
  on account_action
  when action = "logged_in" and after(message by recipient = number where sender = "12306", 20 min
    then sim_use by number where device = "second", 5 min)
  then find number score 0.5
"""
SILENT = """rule silent
  on message not followed by sim_use by number = recipient where device = "second" within 5 min
  when sender = "12306"
  then find recipient score 0.5
"""

Rows = list[dict[str, object]]


def drawn(random: Random) -> dict[str, Rows]:
    """Draw texts, uses of cards and actions of two numbers, at half minutes, many of them at the same moment."""

    def rows(table: str, **values: tuple[object, ...]) -> Rows:
        moments = sorted(random.randrange(120) * MINUTE // 2 for _ in range(30))
        own = ({name: random.choice(known) for name, known in values.items()} for _ in moments)
        return [
            {"at": at, "event_id": f"{table}{n:02}"} | row for n, (at, row) in enumerate(zip(moments, own, strict=True))
        ]

    return {
        "message": rows("message", recipient=NUMBERS, sender=("12306", "95588")),
        "sim_use": rows("sim_use", number=NUMBERS, device=("first", "second")),
        "account_action": rows("account_action", number=NUMBERS, action=("logged_in", "opened")),
    }


def before(first: dict[str, object], then: dict[str, object], span: int) -> bool:
    """Return whether a fact stands before another in the sequence, by less than a span."""
    gap = int(str(then["at"])) - int(str(first["at"]))
    return 0 <= gap < span and (gap > 0 or str(first["event_id"]) < str(then["event_id"]))


def taken_over(facts: dict[str, Rows]) -> Iterator[str]:
    codes_sent = [row for row in facts["message"] if row["sender"] == "12306"]
    for login in (row for row in facts["account_action"] if row["action"] == "logged_in"):
        used = [row for row in facts["sim_use"] if row["device"] == "second" and row["number"] == login["number"]]
        if any(
            before(use, login, 5 * MINUTE)
            and any(code["recipient"] == use["number"] and before(code, use, 20 * MINUTE) for code in codes_sent)
            for use in used
        ):
            yield str(login["event_id"])


def silent(facts: dict[str, Rows]) -> Iterator[tuple[str, int]]:
    last = max(int(str(row["at"])) for rows in facts.values() for row in rows)
    for sent in (row for row in facts["message"] if row["sender"] == "12306"):
        at = int(str(sent["at"]))
        followed = any(
            row["device"] == "second"
            and row["number"] == sent["recipient"]
            and at < int(str(row["at"])) <= at + 5 * MINUTE
            for row in facts["sim_use"]
        )
        if not followed and at + 5 * MINUTE <= last:
            yield str(sent["event_id"]), START + at + 5 * MINUTE


def fired(written: str, facts: dict[str, Rows], cuts: Random) -> list[tuple[str, int]]:
    """Return event and moment of each firing; the events come in pieces, and the state is saved between."""
    rules = check(parse(written)).rules
    engine = RuleEngine(rules)
    tables = {table: batch(table, *rows) for table, rows in facts.items()}
    found = []
    for until in [*sorted(START + cuts.randrange(50) * MINUTE for _ in range(5)), None]:
        for table, events in tables.items():
            count = len(events) if until is None else int(np.searchsorted(events["occurred_at"].to_numpy(), until))
            engine.take(table, events.slice(0, count))
            tables[table] = events.slice(count)
        for one in engine.finish() if until is None else engine.settle(until):
            found += [(one.of_event("event_id", row), int(one.moments[row])) for row in range(len(one.positions))]
        saved = engine.save()
        engine = RuleEngine(rules)
        engine.restore(saved)
    return found


def fired_live(written: str, facts: dict[str, Rows], cut: int) -> list[tuple[str, int]]:
    """Return the same of single facts; after `cut` of them the state goes to another process."""
    rules = check(parse(written)).rules
    live = Live(rules)
    every = sorted(
        ((row["at"], row["event_id"], table, row) for table, rows in facts.items() for row in rows),
        key=lambda fact: (int(str(fact[0])), str(fact[1])),
    )
    found = []
    for place, (at, _, table, row) in enumerate(every):
        if place == cut:
            saved = live.save()
            live = Live(rules)
            live.restore(saved)
        found += [(one.received.event_id, one.received.moment) for one in live.fact(table, START + int(str(at)), row)]
    found += [
        (one.received.event_id, one.received.moment) for one in live.pass_time(START + int(str(every[-1][0])) + 1)
    ]
    return found


@pytest.mark.parametrize("seed", range(8))
def test_facts_that_follow_each_other_are_found_as_loops_find_them(seed: int) -> None:
    facts = drawn(Random(seed))
    expected = list(taken_over(facts))
    assert expected
    assert sorted(event for event, _ in fired(TAKEN_OVER, facts, Random(seed))) == sorted(expected)
    assert sorted(event for event, _ in fired_live(TAKEN_OVER, facts, 40)) == sorted(expected)


@pytest.mark.parametrize("seed", range(8))
def test_facts_that_nothing_follows_are_found_at_the_end_of_the_span(seed: int) -> None:
    facts = drawn(Random(seed))
    expected = sorted(silent(facts))
    assert expected
    assert sorted(fired(SILENT, facts, Random(seed))) == expected
    assert sorted(fired_live(SILENT, facts, 40)) == expected


def test_a_changed_rule_goes_on_with_the_timers_that_are_pending() -> None:
    texts = batch("message", {"at": 0, "event_id": "text", "sender": "12306", "recipient": NUMBERS[0]})
    old = RuleEngine(check(parse(SILENT)).rules)
    old.take("message", texts)
    assert list(old.settle(START + 1)) == []
    changed = SILENT.replace('when sender = "12306"', "when sender is known and recipient is known")
    for engine in (RuleEngine(check(parse(changed)).rules), Live(check(parse(changed)).rules)):
        engine.restore(old.save())
        (found,) = engine.settle(START + 6 * MINUTE)
        assert (found.of_event("event_id", 0), found.text("recipient", 0)) == ("text", NUMBERS[0])


def test_a_process_takes_over_the_timers_of_another() -> None:
    old, new = (
        Live(check(parse(SILENT)).rules),
        Live(check(parse(SILENT + SILENT.replace("rule silent", "rule b"))).rules),
    )
    old.fact("message", START, {"event_id": "text", "sender": "12306", "recipient": NUMBERS[0], "simulated": True})
    new.take_over(old)
    assert new.next_due == START + 5 * MINUTE + 1
    found = new.pass_time(START + 5 * MINUTE + 1)
    assert [(one.rule.name, one.received.event_id, one.received.simulated) for one in found] == [
        ("silent", "text", True),
        ("b", "text", True),
    ]


def test_a_state_of_before_there_were_timers_is_restored() -> None:
    rules = check(parse(SILENT)).rules
    old = RuleEngine(rules)
    old.take("message", batch("message", {"at": 0, "sender": "95588", "recipient": NUMBERS[0]}))
    assert list(old.settle(START + 1)) == []
    version, sequencer, windows = msgspec.msgpack.decode(old.save())
    *parts, timers, clocks, _profiles = msgspec.msgpack.decode(sequencer)
    assert (timers, clocks) == ([["message", 5 * MINUTE, timers[0][2], b"", b""]], [])
    engine = RuleEngine(rules)
    engine.restore(msgspec.msgpack.encode([version, msgspec.msgpack.encode(parts), windows]))
    sent = batch("message", {"at": MINUTE, "event_id": "text", "sender": "12306", "recipient": NUMBERS[0]})
    engine.take("message", sent)
    (found,) = engine.settle(START + 7 * MINUTE)
    assert found.of_event("event_id", 0) == "text"


def test_timers_beyond_the_bound_are_dropped_and_counted() -> None:
    live = Live(check(parse(SILENT)).rules, most_calls=2)
    for number in range(3):
        live.fact("message", START + number, {"event_id": f"text{number}", "sender": "12306", "recipient": NUMBERS[0]})
    live.fact("message", START + 3, {"event_id": "other", "sender": "95588", "recipient": NUMBERS[0]})
    assert live.forgotten == 1
    assert [one.received.event_id for one in live.pass_time(START + 6 * MINUTE)] == ["text1", "text2"]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("after(message by recipient = caller where callee = recipient, 1h)", "R304"),
        ("after(call_offered by callee, 1h then message by recipient = caller, 10 min)", "R304"),
        ("after(message by recipient = caller, 2 days)", "R504"),
        ("after(message by recipient = caller)", "R218"),
        ("after(talk_ms of call_ended by caller, 1h)", "R220"),
        (f"after({' then '.join(['call_offered by caller, 1h'] * 6)})", "R514"),
    ],
)
def test_a_wrong_sequence_is_told(condition: str, code: str) -> None:
    assert codes(text(condition)) == [code]


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ("call_ended not followed by message within 1h", "R217"),
        ("call_ended not followed by message by recipient = callee", "R203"),
        ("call_ended not followed by message by recipient = callee within 13h", "R506"),
        ("call_ended not followed by message by recipient = callee within 0 s", "R503"),
        ("call_ended not followed by message by recipient = caller where callee = recipient within 1h", "R304"),
        ("call_ended not message by recipient = callee within 1h", "R203"),
    ],
)
def test_a_wrong_wait_is_told(point: str, code: str) -> None:
    assert codes(text(on=point)) == [code]


def test_within_and_followed_remain_names() -> None:
    assert codes(text("within and followed", lets="  let within = answered\n  let followed = answered\n")) == []

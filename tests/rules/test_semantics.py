"""One table of what each operator means, and every evaluator keeps to it: columns, single facts, byte code and SQL.

A case is a condition, the fact it is asked of, and whether it is true, false or unknown there. Each becomes two rules,
the condition and its negation: what fires in neither is unknown.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from tests.rules.facts import batch
from tests.rules.sql_reference import connect_reference

from fanzha.rules import check, parse
from fanzha.rules import engine as engine_module
from fanzha.rules.check import CheckedFile
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.live import Live

#: Facts by name: the event table and the fields that are known.
FACTS: dict[str, tuple[str, dict[str, object]]] = {
    "full": (
        "call_ended",
        {"call_id": "1", "answered": True, "partial": False, "talk_ms": 20_000, "release_cause": 16},
    ),
    "missing": ("call_ended", {"call_id": "2"}),
    "empty": ("call_ended", {"call_id": "3", "talk_ms": 0, "release_cause": 0}),
    "paid": ("account_action", {"account": "a", "action": "opened", "amount_cny": 2.5, "number": "+8613800138000"}),
    "named": ("account_action", {"account": "g", "action": "opened", "address": "460-1"}),
    "far": ("account_action", {"account": "j", "action": "opened", "address": "460-29"}),
    "mixed": ("account_action", {"account": "i", "action": "opened", "device": 'Abc 安全账户 [+*] "1"'}),
    "blank": ("account_action", {"account": "h", "action": "opened", "address": "", "device": ""}),
    "unpaid": ("account_action", {"account": "b", "action": "opened"}),
    "nan": ("account_action", {"account": "c", "action": "opened", "amount_cny": float("nan")}),
    "infinite": ("account_action", {"account": "d", "action": "opened", "amount_cny": float("inf")}),
    "large": ("account_action", {"account": "e", "action": "opened", "amount_cny": 999_999_999_999_999.0}),
    "negative": ("account_action", {"account": "f", "action": "opened", "amount_cny": -3.0}),
}

TRUE, FALSE, UNKNOWN = True, False, None

Case = tuple[str, str, bool | None]  # condition, fact, result
CASES: list[Case] = [
    # truths
    ("answered", "full", TRUE),
    ("partial", "full", FALSE),
    ("answered", "missing", UNKNOWN),
    ("not answered", "full", FALSE),
    ("not answered", "missing", UNKNOWN),
    ("answered = partial", "full", FALSE),
    ("answered != partial", "full", TRUE),
    ("answered = partial", "missing", UNKNOWN),
    ("answered != partial", "missing", UNKNOWN),
    ("answered is known", "full", TRUE),
    ("answered is known", "missing", FALSE),
    ("answered is not known", "missing", TRUE),
    ("answered else true", "missing", TRUE),
    ("answered else false", "missing", FALSE),
    ("partial else true", "full", FALSE),
    # columns of a list: of the entry itself, else of the longest beginning
    ('attribute(address in areas, area) = "west"', "named", TRUE),
    ('attribute(address in areas, area) = "north"', "far", TRUE),
    ('attribute(address in areas, area) != "west"', "blank", UNKNOWN),
    ('attribute(address in areas, area) = "west"', "paid", UNKNOWN),
    ("attribute(address in areas, owner) is known", "named", FALSE),
    ('attribute(address in areas, owner) = "x"', "far", TRUE),
    ('(attribute(address in areas, owner) else "none") = "none"', "named", TRUE),
    ('prefix(attribute(address else "460" in areas, area), 1) = "e"', "paid", TRUE),
    # dates
    ('date("1970-01-02") - date("1970-01-01") = 1 day', "paid", TRUE),
    ('occurred_at < date("2099-12-31")', "paid", TRUE),
    ('date(attribute(address in areas, opened)) - date("1970-01-01") = 59 days', "named", TRUE),
    ("date(attribute(address in areas, opened)) is known", "far", FALSE),
    ("date(address) is known", "named", FALSE),
    ("date(address) is known", "paid", FALSE),
    ('date("2026-1-01") is known', "paid", FALSE),
    ('hour(date("2024-02-29")) = 0', "paid", TRUE),
    # and, or
    ("answered and partial", "full", FALSE),
    ("answered or partial", "full", TRUE),
    ("answered and talk_ms is known", "missing", FALSE),
    ("answered and talk_ms is not known", "missing", UNKNOWN),
    ("answered or talk_ms is known", "missing", UNKNOWN),
    ("answered or talk_ms is not known", "missing", TRUE),
    ("not (answered and talk_ms > 1 s)", "missing", UNKNOWN),
    # numbers, at the boundary and beside it
    ("release_cause >= 16", "full", TRUE),
    ("release_cause >= 17", "full", FALSE),
    ("release_cause > 15", "full", TRUE),
    ("release_cause > 16", "full", FALSE),
    ("release_cause <= 16", "full", TRUE),
    ("release_cause <= 15", "full", FALSE),
    ("release_cause < 17", "full", TRUE),
    ("release_cause < 16", "full", FALSE),
    ("release_cause = 16", "full", TRUE),
    ("release_cause != 16", "full", FALSE),
    ("16 <= release_cause", "full", TRUE),
    ("16 > release_cause", "full", FALSE),
    ("release_cause >= 15.5", "full", TRUE),
    ("release_cause <= 15.5", "full", FALSE),
    ("release_cause = 15.5", "full", FALSE),
    ("release_cause != 15.5", "full", TRUE),
    ("release_cause >= -1", "empty", TRUE),
    ("release_cause = 0", "empty", TRUE),
    *((f"release_cause {sign} 16", "missing", UNKNOWN) for sign in (">=", ">", "<=", "<", "=", "!=")),
    ("release_cause is known", "empty", TRUE),
    ("release_cause is known", "missing", FALSE),
    # arithmetic
    ("release_cause + 1 = 17", "full", TRUE),
    ("release_cause - 17 = -1", "full", TRUE),
    ("-release_cause = -16", "full", TRUE),
    ("release_cause * 0.5 = 8", "full", TRUE),
    ("release_cause / 32 = 0.5", "full", TRUE),
    ("1 / release_cause >= 0", "empty", UNKNOWN),
    ("1 / release_cause is known", "empty", FALSE),
    ("release_cause / release_cause = 1", "empty", UNKNOWN),
    ("release_cause + 1 is known", "missing", FALSE),
    ("(release_cause else 7) = 7", "missing", TRUE),
    ("(release_cause else 7) = 16", "full", TRUE),
    ("((1 / release_cause) else 2) = 2", "empty", TRUE),
    # durations and moments
    ("talk_ms >= 20 s", "full", TRUE),
    ("talk_ms < 20 s", "full", FALSE),
    ("talk_ms / 1 s = 20", "full", TRUE),
    ("talk_ms + 1 ms > 20 s", "full", TRUE),
    ("talk_ms = 0 s", "empty", TRUE),
    ("talk_ms >= 0 s", "missing", UNKNOWN),
    ("hour(occurred_at) = 0", "full", TRUE),
    # texts
    ('address = "460-1"', "named", TRUE),
    ('address != "460-1"', "named", FALSE),
    ('address = "460-1"', "unpaid", UNKNOWN),
    ('address != "460-1"', "unpaid", UNKNOWN),
    ('address = ""', "blank", TRUE),
    ('address != ""', "blank", FALSE),
    ("address = device", "blank", TRUE),
    ("address = device", "named", UNKNOWN),
    ("address is known", "blank", TRUE),
    ("address is known", "unpaid", FALSE),
    ('(address else "x") = "x"', "unpaid", TRUE),
    ('(address else "x") = "x"', "blank", FALSE),
    ("length(address) = 5", "named", TRUE),
    ("length(address) = 0", "blank", TRUE),
    ("length(address) = 0", "unpaid", UNKNOWN),
    ('prefix(address, 3) = "460"', "named", TRUE),
    ('prefix(address, 3) = ""', "blank", TRUE),
    ('prefix(address, 3) = ""', "unpaid", UNKNOWN),
    ('block(address, 2) = "460"', "named", TRUE),
    ("block(address, 5) is known", "named", FALSE),
    ("block(address, 1) is known", "blank", FALSE),
    ('class(number) = "mobile"', "paid", TRUE),
    ('country(number) = "CN"', "paid", TRUE),
    ('country(number) = "CN"', "unpaid", UNKNOWN),
    # membership
    ("release_cause in (15, 16)", "full", TRUE),
    ("release_cause not in (15, 16)", "full", FALSE),
    ("release_cause in (15.5, 17)", "full", FALSE),
    ("release_cause in (15, 16)", "missing", UNKNOWN),
    ("release_cause not in (15, 16)", "missing", UNKNOWN),
    ('address in ("460-1", "x")', "named", TRUE),
    ('address in ("x", "")', "blank", TRUE),
    ('address not in ("x", "y")', "unpaid", UNKNOWN),
    ("address in some_cells", "named", TRUE),
    ("address in some_cells", "blank", FALSE),
    ("address not in some_cells", "blank", TRUE),
    ("address in some_cells", "unpaid", UNKNOWN),
    ("address not in some_cells", "unpaid", UNKNOWN),
    ("address in no_cells", "named", FALSE),
    ("address not in no_cells", "named", TRUE),
    ("address in no_cells", "unpaid", UNKNOWN),
    ("address in some_beginnings", "named", TRUE),
    ("address not in some_beginnings", "named", FALSE),
    ("device in some_beginnings", "mixed", FALSE),
    ("number in some_beginnings", "paid", TRUE),
    ("prefix(number, 5) in some_beginnings", "paid", FALSE),
    ("address in some_beginnings", "blank", FALSE),
    ("address in some_beginnings", "unpaid", UNKNOWN),
    ('address in ("46*", "x")', "named", FALSE),
    ('(address else "+8613999") in some_beginnings', "unpaid", FALSE),
    # parts and patterns of texts
    ('address contains "60-"', "named", TRUE),
    ('address contains "60-2"', "named", FALSE),
    ('address not contains "60-2"', "named", TRUE),
    ('address contains ("x", "-1")', "named", TRUE),
    ('address contains "x"', "blank", FALSE),
    ('address contains "x"', "unpaid", UNKNOWN),
    ('address not contains "x"', "unpaid", UNKNOWN),
    ("address contains some_parts", "named", TRUE),
    ("address contains some_parts", "blank", FALSE),
    ("address contains some_parts", "unpaid", UNKNOWN),
    ("address contains no_cells", "named", FALSE),
    ("address not contains no_cells", "named", TRUE),
    ("address contains no_cells", "unpaid", UNKNOWN),
    ('(address else "460-9") contains "9"', "unpaid", TRUE),
    ('number contains "+86"', "paid", TRUE),
    ('number contains "1.8"', "paid", FALSE),
    (r'address matches "^\d{3}-[12]$"', "named", TRUE),
    (r'address matches "60"', "named", TRUE),
    (r'address matches "^60"', "named", FALSE),
    (r'address not matches "^60"', "named", TRUE),
    ('address matches "^$"', "blank", TRUE),
    ('address matches "."', "blank", FALSE),
    ('address matches "."', "unpaid", UNKNOWN),
    ('address not matches "."', "unpaid", UNKNOWN),
    ('address matches "^(46|47)0" and address contains "-"', "named", TRUE),
    ('device matches "(?i)^abc"', "mixed", TRUE),
    ('device matches "^abc"', "mixed", FALSE),
    ('device matches "账[户号]"', "mixed", TRUE),
    ('device contains "账号"', "mixed", FALSE),
    (r'device contains "a.c" or device contains "\\"', "mixed", FALSE),
    (r'device matches "\"1\"$"', "mixed", TRUE),
    ('device contains ("[", "*|", "+")', "mixed", TRUE),
    ('prefix(device, 3) matches "^[A-Z]c$"', "mixed", FALSE),
    # the calendar in China: 1 January 2026 is a Thursday
    ("weekday(occurred_at) = 4", "full", TRUE),
    ("weekday(occurred_at) in (6, 7)", "full", FALSE),
    ("hour(occurred_at) >= 22 or weekday(occurred_at) = 4", "full", TRUE),
    # points
    ("points(0.4 when answered, 0.3 when partial) = 0.4", "full", TRUE),
    ("points(0.4 when answered, 0.3 when not answered) = 0", "missing", TRUE),
    ("points(0.4 when answered, 0.3 when answered is not known) = 0.3", "missing", TRUE),
    # columns with fractions are rounded, halves to even; what is no number is unknown
    ("amount_cny = 2", "paid", TRUE),
    ("amount_cny > 2", "paid", FALSE),
    ("amount_cny = -3", "negative", TRUE),
    ("amount_cny < -2", "negative", TRUE),
    ("amount_cny >= 999999999999999", "large", TRUE),
    ("amount_cny > 999999999999999", "large", FALSE),
    ("amount_cny is known", "unpaid", FALSE),
    ("amount_cny is known", "nan", FALSE),
    ("amount_cny >= 0", "nan", UNKNOWN),
    ("amount_cny is known", "infinite", FALSE),
    ("amount_cny >= 0", "infinite", UNKNOWN),
    ("amount_cny >= 0", "unpaid", UNKNOWN),
    # windows
    ("count(account_action by address, 1h) = 1", "named", TRUE),
    ("count(account_action by address, 1h) = 1", "blank", TRUE),
    ("count(account_action by address, 1h) >= 0", "unpaid", UNKNOWN),
    ("mean(talk_ms of call_ended by call_id, 1h) = 20 s", "full", TRUE),
    ("mean(ring_ms of call_ended by call_id, 1h) >= 0 s", "full", UNKNOWN),
    ("share(answered of call_ended by call_id, 1h) = 1", "full", TRUE),
    ("share(answered of call_ended by call_id, 1h) = 1", "empty", UNKNOWN),
    ("sum(ring_ms of call_ended by call_id, 1h) = 0 s", "full", TRUE),
]
LISTS = {
    "some_cells": ("460-1", "460-2"),
    "some_parts": ("9.9", "0-1"),
    "some_beginnings": ("x", "46*", "+86138*", "abc*", "*"),
    "no_cells": (),
    "areas": ("460-1", "460*", "460-2*"),
    "areas.area": ("460-1\x1fwest", "460*\x1feast", "460-2*\x1fnorth"),
    "areas.owner": ("460-1\x1f", "460*\x1fx", "460-2*\x1fx"),
    "areas.opened": ("460-1\x1f1970-03-01", "460*\x1f", "460-2*\x1f1970-02-30"),
}

Firing = tuple[str, str]  # rule, fact


def rule_texts() -> Iterator[str]:
    """Yield the rules of every case: "yes_n" for the condition of case n, "no_n" for its negation."""
    for number, (condition, fact, _) in enumerate(CASES):
        table = FACTS[fact][0]
        subject = "call" if table == "call_ended" else "account"
        for name, when in ((f"yes_{number}", condition), (f"no_{number}", f"not ({condition})")):
            yield f"rule {name}\n  on {table}\n  when {when}\n  then find {subject} score 1\n"


@cache
def rules() -> CheckedFile:
    return check(parse("".join(rule_texts())), lists=LISTS)


@cache
def batches() -> dict[str, pa.RecordBatch]:
    """Return the facts as events, the name of each its id."""
    rows: dict[str, list[dict[str, object]]] = {}
    for name, (table, fields) in FACTS.items():
        rows.setdefault(table, []).append({"at": 0, "event_id": name, **fields})
    return {
        table: batch(table, *sorted(facts, key=lambda fact: str(fact["event_id"]))) for table, facts in rows.items()
    }


def names(fired: Fired) -> Iterator[Firing]:
    for row in range(len(fired.positions)):
        yield fired.rule.name, str(fired.of_event("event_id", row))


def by_engine(facts_decided_one_by_one: int) -> set[Firing]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "FEW", facts_decided_one_by_one)
        engine = RuleEngine(rules().rules, LISTS)
        for table, events in batches().items():
            engine.take(table, events)
        return {firing for fired in engine.finish() for firing in names(fired)}


def by_columns() -> set[Firing]:
    return by_engine(-1)


def by_byte_code() -> set[Firing]:
    return by_engine(1_000)


def by_single_facts() -> set[Firing]:
    live = Live(rules().rules, LISTS, seed=1)
    facts = ((table, row) for table, events in sorted(batches().items()) for row in events.to_pylist())
    firings = (firing for table, row in facts for firing in live.fact(table, row["occurred_at"], row))
    return {name for firing in firings for name in names(firing.fired)}


def by_sql() -> set[Firing]:
    tables = {table: pa.Table.from_batches([events]) for table, events in batches().items()}
    with connect_reference(tables, LISTS) as ask:
        rows: list[tuple[Any, ...]] = [row for rule in rules().rules for row in ask(rule)]
    return {(str(row[0]), str(row[1])) for row in rows}


EVALUATORS: dict[str, Callable[[], set[Firing]]] = {
    "columns": by_columns,
    "byte code": by_byte_code,
    "single facts": by_single_facts,
    "SQL": by_sql,
}


@cache
def firings_of(evaluator: str) -> set[Firing]:
    return EVALUATORS[evaluator]()


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_every_evaluator_gives_each_condition_the_same_meaning(evaluator: str) -> None:
    firings = firings_of(evaluator)
    results: list[Case] = []
    for number, (condition, fact, _) in enumerate(CASES):
        holds, fails = (f"yes_{number}", fact) in firings, (f"no_{number}", fact) in firings
        assert not (holds and fails), condition
        results.append((condition, fact, TRUE if holds else FALSE if fails else UNKNOWN))
    assert [result for result, case in zip(results, CASES, strict=True) if result != case] == []

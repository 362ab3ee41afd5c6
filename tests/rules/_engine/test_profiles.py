"""What is registered of a number is known from then on, until the next registration, however the facts come."""

import numpy as np
import pyarrow as pa
import pytest
from tests.rules.facts import HOUR, START, batch

from fanzha.rules import check, parse
from fanzha.rules._engine.profiles import SubscriberFacts
from fanzha.rules.engine import RuleEngine
from fanzha.rules.tree import Rule, source_tables
from fanzha.windows.codes import TextCodes

NUMBER, OTHER = "+8617000000001", "pseudonym"
DAY = 24 * HOUR
BASIC = 'profile(number, plan) = "basic"'
NOT_BASIC = 'not profile(number, plan) = "basic"'


def rule(when: str, on: str = "sim_use") -> Rule:
    return check(parse(f"rule r\n  on {on}\n  when {when}\n  then find number score 1\n")).rules[0]


def registrations(*rows: tuple[int, str, str | None]) -> pa.RecordBatch:
    named = [{"at": at, "event_id": f"r{at}-{nth}", "number": n, "plan": p} for nth, (at, n, p) in enumerate(rows)]
    return batch("registration", *named)


def uses(*rows: tuple[int, str]) -> pa.RecordBatch:
    return batch("sim_use", *({"at": at, "event_id": f"{n} {at // DAY}", "number": n} for at, n in rows))


def fired(engine: RuleEngine, until: int | None = None) -> list[str]:
    found = engine.finish() if until is None else engine.settle(START + until)
    return [str(one.of_event("event_id", row)) for one in found for row in range(len(one.positions))]


def decided(when: str, registered: pa.RecordBatch, used: pa.RecordBatch) -> list[str]:
    engine = RuleEngine([rule(when)])
    engine.take("registration", registered)
    engine.take("sim_use", used)
    return fired(engine)


def test_a_number_is_unknown_before_it_is_registered_and_known_from_that_moment_on() -> None:
    registered, used = registrations((DAY, NUMBER, "basic")), uses((0, NUMBER), (DAY, NUMBER), (400 * DAY, NUMBER))
    assert decided(BASIC, registered, used) == [f"{NUMBER} 1", f"{NUMBER} 400"]
    assert decided(NOT_BASIC, registered, used) == []
    assert decided("profile(number, plan) is not known", registered, used) == [f"{NUMBER} 0"]


def test_a_later_registration_replaces_the_earlier_one_whole() -> None:
    registered = registrations((0, OTHER, "basic"), (2 * DAY, OTHER, "large"), (4 * DAY, OTHER, None))
    used = uses(*((day * DAY, OTHER) for day in range(6)))
    assert decided(BASIC, registered, used) == [f"{OTHER} 0", f"{OTHER} 1"]
    assert decided(NOT_BASIC, registered, used) == [f"{OTHER} 2", f"{OTHER} 3"]


def test_of_registrations_of_one_moment_the_last_one_counts() -> None:
    assert decided(BASIC, registrations((0, NUMBER, "large"), (0, NUMBER, "basic")), uses((0, NUMBER))) != []


@pytest.mark.parametrize("restarts", [False, True])
def test_it_is_the_same_day_by_day_and_after_a_restart_as_at_once(restarts: bool) -> None:
    plans = ("basic", "large", None)
    registered = [(day * DAY, (NUMBER, OTHER)[day % 2], plans[day % 3]) for day in range(40)]
    used = [(day * DAY, number) for day in range(60) for number in (NUMBER, OTHER, "unknown")]
    engine, found = RuleEngine([rule(BASIC)]), list[str]()
    for day in range(60):
        if today := [row for row in registered if row[0] == day * DAY]:
            engine.take("registration", registrations(*today))
        engine.take("sim_use", uses(*(row for row in used if row[0] == day * DAY)))
        found += fired(engine, (day + 1) * DAY)
        if restarts:
            saved, engine = engine.save(), RuleEngine([rule(BASIC)])
            engine.restore(saved)
    assert found == decided(BASIC, registrations(*registered), uses(*used)) != []


def test_a_registration_that_comes_late_counts_from_then_on_unless_there_is_a_later_one() -> None:
    engine = RuleEngine([rule(BASIC)])
    engine.take("registration", registrations((2 * DAY, OTHER, "large")))
    engine.take("sim_use", uses((3 * DAY, NUMBER), (3 * DAY, OTHER)))
    assert fired(engine, 4 * DAY) == []
    engine.take_late("registration", registrations((0, NUMBER, "basic"), (DAY, OTHER, "basic")))
    engine.take("sim_use", uses((4 * DAY, NUMBER), (4 * DAY, OTHER)))
    assert fired(engine) == [f"{NUMBER} 4"]


def test_a_call_reads_what_was_registered_when_it_was_offered() -> None:
    called = {"at": 0, "call_id": "c", "proven_caller": NUMBER}
    text = 'profile(proven_caller, plan) = "basic"'
    checked = check(parse(f"rule r\n  on call_ended\n  when {text}\n  then find proven_caller score 1\n")).rules
    engine = RuleEngine(checked)
    engine.take("call_offered", batch("call_offered", called | {"event_id": "o"}))
    engine.take("call_ended", batch("call_ended", {"at": HOUR, "call_id": "c", "event_id": "e"}))
    engine.take("registration", registrations((0, NUMBER, "basic"), (HOUR // 2, NUMBER, "large")))
    assert fired(engine) == ["e"]


def test_a_rule_reads_registrations_if_it_asks_for_what_is_known_of_a_number() -> None:
    assert source_tables(rule(BASIC)) == {"sim_use", "registration"}
    assert set(RuleEngine([rule(BASIC)]).tables) == {"sim_use", "registration"}


def test_a_field_that_was_not_kept_is_unknown_until_the_next_registration() -> None:
    engine = RuleEngine([rule(BASIC)])
    engine.take("registration", registrations((0, NUMBER, "basic")))
    assert fired(engine, DAY) == []
    again = RuleEngine([rule(f"{BASIC} or profile(number, clerk) is known")])
    again.restore(engine.save())
    again.take("sim_use", uses((DAY, NUMBER)))
    assert fired(again) == [f"{NUMBER} 1"]


def test_a_number_takes_sixteen_bytes_and_eight_for_each_field() -> None:
    profiles, count = SubscriberFacts(("monthly_fee_cny", "plan")), 50_000
    sizes, moments = list[int](), np.arange(count)
    for prefix in ("+86170", "+86171"):
        numbers = pa.array([f"{prefix}{n:08}" for n in range(count)])
        fees, plans = pa.array(moments % 3.0), pa.array(["basic"] * count)
        columns = {"number": numbers, "monthly_fee_cny": fees, "plan": plans, "occurred_at": pa.array(moments)}
        profiles.take(pa.RecordBatch.from_pydict(columns))
        profiles.settle()
        sizes.append(profiles.bytes_held)
    assert sizes[1] - sizes[0] == 32 * count
    numbers = numbers[:3]
    values = profiles.numbers("monthly_fee_cny", numbers, TextCodes().encode(numbers), np.array([0, 0, 2]))
    assert values.tolist()[::2] == [0, 2] and values[1] < 0

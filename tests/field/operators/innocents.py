"""Innocent callers that resemble frauds: couriers, riders, drivers, agents, hospitals, schools, offices, centres."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from tests.field.operators.everyday import return_calls
from tests.field.operators.identifiers import BANKS, Ints, Texts, pool_of_line
from tests.field.operators.records import HOUR, MINUTE, SECOND, draw_talk, make_calls, on_trunk
from tests.field.operators.region import CELLS, HOURS, Region
from tests.field.operators.truth import Actor

Hours = tuple[tuple[float, float, float], ...]  # opens, closes, share of the calls


class Rounds(NamedTuple):
    """How people work who call an address each: calls a day, hours, talks, cells, call-backs; pairs are spreads."""

    kind: str
    calls: tuple[int, int]
    hours: Hours
    answer: tuple[float, float]
    talk_s: tuple[float, float]
    stops: tuple[int, int]
    in_one_cell: float  # share of the workers
    call_backs: tuple[float, float]


COURIERS = Rounds(
    "courier", (55, 140), ((8.5, 12, 0.55), (13, 19, 0.45)), (0.7, 0.9), (9, 22), (10, 30), 0.25, (0, 0.3)
)
RIDERS = Rounds("rider", (25, 65), ((11, 13.5, 0.5), (17, 20.5, 0.5)), (0.75, 0.92), (6, 15), (15, 40), 0.0, (0, 0.2))
AGENTS = Rounds("agent", (15, 45), ((9, 12, 0.45), (14, 19.5, 0.55)), (0.5, 0.7), (30, 90), (4, 12), 0.4, (0.1, 0.4))
DRIVERS = Rounds("driver", (12, 38), ((6.5, 11, 0.4), (16, 23.5, 0.6)), (0.8, 0.95), (10, 25), (15, 40), 0.0, (0, 0.2))


def workers(region: Region, rounds: Rounds, count: int) -> list[pa.Table]:
    """Return the calls of `count` people who call each address or passenger once and move on."""
    return [table for number in range(count) for table in _worker(region, rounds, number)]


def _worker(region: Region, rounds: Rounds, number: int) -> list[pa.Table]:
    rng, line = region.rng, region.take_lines(1)
    region.note_person(line, rounds.kind, f"{rounds.kind} {number + 1}", tuple(range(region.days)))
    stops = 1 if rng.random() < rounds.in_one_cell else region.whole(*rounds.stops)
    answer, talk_s = region.between(*rounds.answer), region.between(*rounds.talk_s)
    call_backs = region.between(*rounds.call_backs)
    tables = []
    for day in range(region.days):
        if rng.random() < 0.12:  # a day off
            continue
        count = region.whole(*rounds.calls)
        start = _working_moments(region, day, count, rounds.hours)
        callees = region.strangers(count)
        again = rng.random(count) < 0.06  # an address that had not answered
        callees[1:][again[1:]] = callees[:-1][again[1:]]
        ring, talk = draw_talk(rng, count, answer, talk_s, 0.6)
        callers = region.mobile(np.repeat(line, count), region.route(count, stops))
        tables.append(make_calls(callers, callees, start, ring, talk))
        tables.append(return_calls(region, callees, start, talk, call_backs, callers.number))
        tables.append(_private(region, line, day))
        if rounds is AGENTS:
            tables += _client(region, line, day)
    return tables


def _private(region: Region, line: Ints, day: int) -> pa.Table:
    """Return some calls home of somebody who calls strangers for a living."""
    count = int(region.rng.poisson(2.5))
    family = region.numbers[(line[0] * 3 + region.rng.integers(0, 3, count)) % region.subscribers]
    start = region.moments(day, count, HOURS)
    ring, talk = draw_talk(region.rng, count, 0.85, 60, 1.0)
    cells = np.full(count, line[0] % CELLS)
    return make_calls(region.mobile(np.repeat(line, count), cells), family, start, ring, talk)


def _client(region: Region, line: Ints, day: int) -> list[pa.Table]:
    """Return long calls of an estate or insurance agent to one client, who may ask a bank for a loan afterwards."""
    rng, count = region.rng, region.whole(2, 3)
    client = rng.choice(region.subscribers, 1)
    start = region.opening(day, count, 9, 18)
    talk = (rng.uniform(2, 15, count) * MINUTE).astype(np.int64)
    ring = np.full(count, 6 * SECOND)
    callers = region.mobile(np.repeat(line, count), np.full(count, line[0] % CELLS))
    tables = [make_calls(callers, np.repeat(region.numbers[client], count), start, ring, talk)]
    if rng.random() < 0.3:
        asks = start[-1:] + talk[-1:] + int(rng.uniform(10, 180) * MINUTE)
        bank = region.mobile(client, region.home[client])
        tables.append(make_calls(bank, rng.choice(BANKS, 1), asks, ring[:1], np.array([3 * MINUTE])))
    return tables


def _working_moments(region: Region, day: int, count: int, hours: Hours) -> Ints:
    shift = region.rng.choice(len(hours), count, p=[share for _, _, share in hours])
    low = np.array([opens for opens, _, _ in hours])[shift]
    high = np.array([closes for _, closes, _ in hours])[shift]
    moments = region.day_start(day) + (region.rng.uniform(low, high) * HOUR).astype(np.int64)
    return np.sort(moments)


class Desk(NamedTuple):
    """How an organisation on a leased line calls: numbers shown, calls a day, hours, talks, share of known callees."""

    kind: str
    numbers: tuple[int, int]
    calls: tuple[int, int]
    hours: Hours
    answer: tuple[float, float]
    talk_s: tuple[float, float]
    circle: tuple[int, int]  # how many people it calls again and again; 0 for each once
    call_backs: float
    incoming: tuple[int, int]
    open_days: int = 7


HOSPITALS = Desk(
    "hospital", (1, 4), (120, 420), ((8, 12, 0.6), (13.5, 17.5, 0.4)), (0.7, 0.85), (25, 60), (0, 0), 0.25, (150, 500)
)
SCHOOLS = Desk(
    "school",
    (1, 6),
    (30, 160),
    ((7.4, 8.6, 0.3), (15.5, 18.5, 0.7)),
    (0.75, 0.9),
    (20, 70),
    (150, 500),
    0.4,
    (20, 80),
    5,
)
OFFICES = Desk(
    "office", (4, 16), (40, 220), ((8.8, 12, 0.55), (13, 18, 0.45)), (0.6, 0.8), (45, 120), (30, 120), 0.3, (40, 200), 5
)
CALL_CENTRES = Desk(
    "call_centre", (1, 2), (700, 1_800), ((9, 12, 0.5), (13, 20, 0.5)), (0.25, 0.5), (15, 60), (0, 0), 0.03, (100, 500)
)
CARE_LINES = Desk(
    "care_line", (1, 1), (50, 110), ((8.5, 11.5, 0.8), (15, 17, 0.2)), (0.7, 0.9), (50, 140), (55, 90), 0.3, (15, 50)
)


def desks(region: Region, desk: Desk, count: int) -> list[pa.Table]:
    """Return the calls of `count` organisations of a sort, each on a leased line of its own."""
    return [table for number in range(count) for table in _desk(region, desk, number)]


def _desk(region: Region, desk: Desk, number: int) -> list[pa.Table]:
    trunk = region.take_trunk("PRI")
    shown = pool_of_line(int(trunk[4:]), region.whole(*desk.numbers))
    if desk.kind == "call_centre":
        shown = np.array([f"950137{70 + number}"])
    days = tuple(day for day in range(region.days) if day % 7 < desk.open_days)
    region.add(Actor(f"{desk.kind} {number + 1}", desk.kind, days, tuple(shown.tolist()), trunks=(trunk,)))
    circle = region.strangers(region.whole(*desk.circle)) if desk.circle[1] else None
    answer, talk_s = region.between(*desk.answer), region.between(*desk.talk_s)
    usual = region.between(*desk.calls)
    tables = []
    for day in days:
        count = int(usual * region.between(0.8, 1.2))
        start = _working_moments(region, day, count, desk.hours)
        callees = region.strangers(count) if circle is None else _of_circle(region, circle, count)
        ring, talk = draw_talk(region.rng, count, answer, talk_s, 0.8)
        callers = on_trunk(region.rng.choice(shown, count), trunk, "line")
        tables.append(make_calls(callers, callees, start, ring, talk))
        tables.append(return_calls(region, callees, start, talk, desk.call_backs, callers.number))
        tables.append(_to_desk(region, day, shown, region.whole(*desk.incoming)))
    return tables


def _of_circle(region: Region, circle: Texts, count: int) -> Texts:
    """Draw callees of a circle, each as evenly as the count allows, and a tenth of strangers."""
    callees: Texts = circle[region.rng.permutation(np.arange(count) % len(circle))]
    new = region.rng.random(count) < 0.1
    callees[new] = region.strangers(int(new.sum()))
    return callees


def _to_desk(region: Region, day: int, shown: Texts, count: int) -> pa.Table:
    """Return calls of subscribers to an organisation."""
    people = region.rng.integers(0, region.subscribers, count)
    start = region.opening(day, count, 8, 18)
    ring, talk = draw_talk(region.rng, count, 0.85, 70, 0.9)
    return make_calls(region.mobile(people, region.home[people]), region.rng.choice(shown, count), start, ring, talk)

"""Planted frauds: SIM boxes, leased lines with rotating numbers, one-ring calls, spoofed callers, bursts; victims."""

import numpy as np
import pyarrow as pa
from tests.field.operators import identifiers
from tests.field.operators.identifiers import Ints, Texts, draw_abroad, pool_of_line
from tests.field.operators.records import MINUTE, SECOND, Callers, draw_talk, make_calls, on_trunk
from tests.field.operators.region import CELLS, HOURS, Region
from tests.field.operators.truth import Actor, Victim


def sim_box(region: Region, number: int) -> list[pa.Table]:
    """Return the calls of many cards in one phone, a few in use at a time, each slow enough to seem a person."""
    name, cards = f"SIM box {number + 1}", region.take_lines(region.whole(5, 18))
    phones = region.imeis[cards[: 1 if region.rng.random() < 0.7 else region.whole(2, 3)]]
    at_a_time, an_hour = region.whole(1, 3), region.between(5, 22)
    cell, first = region.whole(0, CELLS - 1), region.whole(0, min(1, region.days - 1))
    days = tuple(range(first, region.days))
    own = (tuple(region.numbers[cards].tolist()), tuple(phones.tolist()), tuple(region.imsis[cards].tolist()))
    region.add(Actor(name, "sim_box", days, *own))
    answer, median_s = region.between(0.35, 0.6), region.between(12, 40)
    tables = []
    for day in days:
        opens, closes = region.between(8.5, 10), region.between(16.5, 19.5)
        count = int(at_a_time * an_hour * (closes - opens))
        start = region.opening(day, count, opens, closes)
        turn = np.arange(count) * len(cards) // max(count, 1)  # which card's turn it is
        used = cards[(turn + region.rng.integers(0, at_a_time, count)) % len(cards)]
        ring, talk = draw_talk(region.rng, count, answer, median_s, 1.0)
        tables.append(make_calls(_box(region, used, phones, cell), region.strangers(count), start, ring, talk))
        for _ in range(region.whole(1, 4)):
            chosen = cards[region.rng.integers(0, len(cards), 1 if region.rng.random() < 0.6 else 3)]
            tables += _victim(region, day, name, "sim_box", _box(region, np.resize(chosen, 3), phones, cell))
    return tables


def _box(region: Region, cards: Ints, phones: Texts, cell: int) -> Callers:
    callers = region.mobile(cards, np.full(len(cards), cell))
    return callers._replace(imei=phones[cards % len(phones)])


def _victim(region: Region, day: int, actor: str, kind: str, callers: Callers) -> list[pa.Table]:
    """Return three long calls to one subscriber and then her call to a bank; the arrays of `callers` have 3 entries."""
    rng = region.rng
    person = rng.choice(region.subscribers, 1)
    talk = (rng.uniform(4, 22, 3) * MINUTE).astype(np.int64)
    pause = (rng.uniform(4, 40, 3) * MINUTE).astype(np.int64)
    ring = (rng.uniform(4, 15, 3) * SECOND).astype(np.int64)
    begins = int(region.opening(day, 1, 9.2, 15.5)[0])
    start = begins + np.concatenate([[0], np.cumsum(talk + ring + pause)[:2]])
    bank_call = int(start[2] + ring[2] + talk[2] + rng.uniform(3, 45) * MINUTE)
    number = region.numbers[person]
    region.victims.append(Victim(str(number[0]), actor, kind, day, begins, bank_call))
    bank = make_calls(
        region.mobile(person, region.home[person]),
        rng.choice(identifiers.BANKS, 1),
        np.array([bank_call]),
        np.array([2 * SECOND]),
        (rng.uniform(60, 320, 1) * SECOND).astype(np.int64),
    )
    return [make_calls(callers, np.repeat(number, 3), start, ring, talk), bank]


def rotating_line(region: Region, number: int) -> list[pa.Table]:
    """Return a leased line's calls to strangers, spread over its numbers so that each calls a few an hour."""
    name, trunk = f"rotating line {number + 1}", region.take_trunk("PRI")
    shown = pool_of_line(int(trunk[4:]), region.whole(20, 80))
    days = tuple(range(region.days))
    region.add(Actor(name, "rotating_line", days, tuple(shown.tolist()), trunks=(trunk,)))
    an_hour = region.between(1.5, 8) * len(shown) * region.between(0.4, 0.8)
    answer, median_s = region.between(0.18, 0.42), region.between(8, 28)
    tables = []
    for day in days:
        opens, closes = region.between(8.5, 9.5), region.between(17, 19)
        count = min(int(an_hour * (closes - opens)), 1_200)
        start = region.opening(day, count, opens, closes)
        ring, talk = draw_talk(region.rng, count, answer, median_s, 1.0)
        callers = on_trunk(shown[np.arange(count) % len(shown)], trunk, "line")
        tables.append(make_calls(callers, region.strangers(count), start, ring, talk))
        if region.rng.random() < 0.6:
            tables += _victim(region, day, name, "rotating_line", on_trunk(region.rng.choice(shown, 3), trunk, "line"))
    return tables


def wangiri(region: Region, number: int, shared: bool) -> list[pa.Table]:
    """Return one-ring calls from islands abroad, on a trunk of their own or one shared with honest callers."""
    trunk = region.take_trunk("IGW")
    days = tuple(range(region.days))
    shown = np.unique(draw_abroad(region.rng, region.whole(2, 6), identifiers.ISLANDS))
    name = f"one-ring trunk {number + 1}"
    region.add(Actor(name, "wangiri", days, tuple(shown.tolist()), trunks=(trunk,)))
    tables = []
    for day in days:
        count = region.whole(180, 600)
        opens = region.between(9, 18)
        start = region.opening(day, count, opens, opens + region.between(1, 4))
        ring = (region.rng.uniform(0.8, 3.2, count) * SECOND).astype(np.int64)
        callees = region.strangers(count)
        callers = on_trunk(region.rng.choice(shown, count), trunk, "international")
        tables.append(make_calls(callers, callees, start, ring, np.zeros(count, np.int64)))
        tables.append(_return_abroad(region, callees, callers.number, start))
        honest = region.whole(300, 600) if shared else region.whole(0, 20)
        ring, talk = draw_talk(region.rng, honest, 0.58, 110, 1.1)
        others = on_trunk(draw_abroad(region.rng, honest), trunk, "international")
        tables.append(make_calls(others, region.strangers(honest), region.moments(day, honest, HOURS + 8), ring, talk))
    return tables


def _return_abroad(region: Region, callees: Texts, shown: Texts, start: Ints) -> pa.Table:
    """Return the costly call-backs of a few who were rung."""
    back = region.rng.random(len(callees)) < 0.03
    people = region.rng.integers(0, region.subscribers, int(back.sum()))
    callers = region.mobile(people, region.home[people])._replace(number=callees[back])
    ring, talk = draw_talk(region.rng, len(people), 0.95, 50, 0.7)
    delay = (region.rng.exponential(25, len(people)) * MINUTE).astype(np.int64)
    return make_calls(callers, shown[back], start[back] + 30 * SECOND + delay, ring, talk)


def spoofed_trunk(region: Region, number: int) -> list[pa.Table]:
    """Return calls from abroad that show home numbers: police, banks, fixed lines, mobiles, and disguises of them."""
    name, trunk, rng = f"spoofed trunk {number + 1}", region.take_trunk("IGW"), region.rng
    days = tuple(range(region.days))
    region.add(Actor(name, "spoofed_trunk", days, trunks=(trunk,)))
    mobiles = rng.choice(region.others[: region.subscribers // 3], 40)
    fixed = identifiers.draw_fixed(rng, 40)
    faces = np.concatenate([mobiles, fixed, np.array(["95588", "95533", "8610110", "0086110", "4005550101"] * 4)])
    usual, answer = region.between(60, 260), region.between(0.35, 0.6)
    tables = []
    for day in days:
        count = int(usual * region.between(0.8, 1.2))
        start = region.opening(day, count, 8.7, 18.5)
        ring, talk = draw_talk(rng, count, answer, 45, 1.3)
        callers = on_trunk(rng.choice(faces, count), trunk, "international")
        tables.append(make_calls(callers, region.strangers(count), start, ring, talk))
        for _ in range(region.whole(0, 2)):
            tables += _victim(
                region, day, name, "spoofed_trunk", on_trunk(rng.choice(faces, 3), trunk, "international")
            )
    return tables


def call_burst(region: Region, number: int) -> list[pa.Table]:
    """Return the calls of one card that calls strangers for some hours of one day, as in a call centre."""
    line, day = region.take_lines(1), region.whole(0, region.days - 1)
    region.note_person(line, "call_burst", f"call burst {number + 1}", (day,))
    opens, lasts, an_hour = region.between(8.5, 15), region.between(1.5, 4), region.between(45, 110)
    count = int(lasts * an_hour)
    start = region.opening(day, count, opens, opens + lasts)
    ring, talk = draw_talk(region.rng, count, region.between(0.2, 0.4), region.between(6, 18), 0.9)
    cells = np.full(count, region.whole(0, CELLS - 1))
    callers = region.mobile(np.repeat(line, count), cells)
    return [make_calls(callers, region.strangers(count), start, ring, talk)]

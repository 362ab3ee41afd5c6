"""Honest calls from abroad: trunks of foreign carriers, and of partners through which roaming subscribers call home."""

import numpy as np
import pyarrow as pa
from tests.field.operators.identifiers import draw_abroad
from tests.field.operators.records import draw_talk, make_calls, on_trunk
from tests.field.operators.region import HOURS, Region
from tests.field.operators.truth import Actor


def foreign_trunk(region: Region, number: int) -> list[pa.Table]:
    """Return the calls of foreigners and emigrants to the subscribers they know."""
    trunk = region.take_trunk("IGW")
    region.add(Actor(f"foreign trunk {number + 1}", "foreign_trunk", tuple(range(region.days)), trunks=(trunk,)))
    usual, answer = region.between(250, 700), region.between(0.5, 0.65)
    circle = region.strangers(600)
    friends = draw_abroad(region.rng, 600)
    tables = []
    for day in range(region.days):
        count = int(usual * region.between(0.85, 1.15))
        who = region.rng.integers(0, 600, count)
        ring, talk = draw_talk(region.rng, count, answer, 120, 1.1)
        start = region.moments(day, count, HOURS + 8)
        tables.append(make_calls(on_trunk(friends[who], trunk, "international"), circle[who], start, ring, talk))
    return tables


def roamers_trunk(region: Region, number: int) -> list[pa.Table]:
    """Return the calls home of subscribers who travel abroad, with their own numbers, among some foreign callers."""
    trunk = region.take_trunk("IGW")
    region.add(Actor(f"roamers' trunk {number + 1}", "roamers_trunk", tuple(range(region.days)), trunks=(trunk,)))
    travellers = region.rng.choice(region.subscribers, region.whole(40, 120), replace=False)
    usual = region.between(120, 350)
    tables = []
    for day in range(region.days):
        count = int(usual * region.between(0.85, 1.15))
        who = region.rng.choice(travellers, count)
        rank = np.minimum(region.rng.geometric(0.4, count) - 1, region.contacts.shape[1] - 1)
        callees = region.phone_book[region.contacts[who, rank]]
        foreign = region.rng.random(count) < 0.15
        callers = np.where(foreign, draw_abroad(region.rng, count), region.numbers[who])
        ring, talk = draw_talk(region.rng, count, 0.68, 90, 1.1)
        start = region.moments(day, count, HOURS + 4)
        tables.append(make_calls(on_trunk(callers, trunk, "international"), callees, start, ring, talk))
    return tables

"""Everyday calls: families, friends, hotlines, missed and returned calls, forwarded calls, other networks."""

import numpy as np
import pyarrow as pa
from tests.field.operators import identifiers
from tests.field.operators.identifiers import Ints, Texts
from tests.field.operators.records import HOUR, MINUTE, SECOND, draw_talk, make_calls, on_trunk
from tests.field.operators.region import CELLS, HOURS, INTERCONNECTS, RADIO_NETWORKS, RANKS, Region
from tests.field.operators.truth import Actor

#: Share of calls to hotlines and banks, of subscribers who forward unanswered calls, and of missed calls returned.
HOTLINES, FORWARDERS, RETURNED = 0.05, 0.02, 0.35


def everyday_calls(region: Region) -> list[pa.Table]:
    """Return the calls of all ordinary subscribers on all days, and note them as one actor."""
    own = region.numbers[: region.subscribers]
    cloned = tuple(own[region.cloned].tolist())
    numbers = tuple(np.delete(own, region.cloned).tolist())
    days = tuple(range(region.days))
    region.add(Actor("ordinary people", "ordinary", days, numbers, is_crowd=True))
    region.add(Actor("phones of one IMEI", "cloned_phone", days, cloned, is_crowd=True))
    region.add(Actor("people of other networks", "other_network", days, tuple(region.others.tolist()), is_crowd=True))
    for number in range(INTERCONNECTS):
        region.add(Actor(f"interconnection {number + 1}", "interconnect_trunk", days, trunks=(f"POI-0{number + 1}",)))
    for number in range(RADIO_NETWORKS):
        region.add(Actor(f"radio network {number + 1}", "radio_network", days, trunks=(f"RAN-0{number + 1}",)))
    forwarding = np.flatnonzero(region.rng.random(region.subscribers) < FORWARDERS)
    tables = []
    for day in range(region.days):
        tables += [*_outgoing(region, day, forwarding), _incoming(region, day)]
    return tables


def places(region: Region, people: Ints, start: Ints) -> Ints:
    """Return the cells where people are: at home by night, mostly at work by day, sometimes elsewhere."""
    hour = (start - region.first_day) // HOUR % 24
    at_work = (hour >= 8) & (hour < 19) & (region.rng.random(len(people)) < 0.7)
    cells = np.where(at_work, region.work[people], region.home[people])
    away = region.rng.random(len(people)) < 0.12
    return np.asarray(np.where(away, region.rng.integers(0, CELLS, len(people)), cells), np.int64)


def _outgoing(region: Region, day: int, forwarding: Ints) -> list[pa.Table]:
    rng = region.rng
    people = np.repeat(np.arange(region.subscribers), rng.poisson(region.rate * (0.85 if day % 7 > 4 else 1.0)))
    count = len(people)
    start = region.moments(day, count, HOURS)
    people = rng.permutation(people)
    rank = rng.choice(len(RANKS), count, p=RANKS)
    contact = region.contacts[people, rank]
    callees = region.phone_book[contact]
    hotline = rng.random(count) < HOTLINES
    callees[hotline] = rng.choice([*identifiers.SERVICES, *identifiers.BANKS], int(hotline.sum()))
    ring, talk = draw_talk(rng, count, 0.7, 48, 1.1)
    talk = np.where(hotline, (rng.lognormal(np.log(110), 0.8, count) * SECOND).astype(np.int64), talk)
    calls = make_calls(region.mobile(people, places(region, people, start)), callees, start, ring, talk)
    missed = (talk == 0) & (contact < region.subscribers) & ~hotline
    forwarded = missed & np.isin(contact, forwarding)
    returned = missed & ~forwarded & (rng.random(count) < RETURNED)
    return [
        calls,
        _forwarded(region, people[forwarded], contact[forwarded], start[forwarded] + ring[forwarded]),
        _returned(region, contact[returned], region.numbers[people[returned]], start[returned] + ring[returned]),
    ]


def _forwarded(region: Region, people: Ints, forwarders: Ints, start: Ints) -> pa.Table:
    """Return the second legs of forwarded calls, to somebody of the forwarder's household."""
    ring, talk = draw_talk(region.rng, len(people), 0.8, 40, 0.9)
    callees = region.phone_book[region.contacts[forwarders, 0]]
    callers = region.mobile(people, places(region, people, start))
    return make_calls(callers, callees, start, ring, talk, region.numbers[forwarders])


def _returned(region: Region, people: Ints, callees: Texts, missed_at: Ints) -> pa.Table:
    """Return calls with which people answer a missed call, within minutes or hours."""
    delay = (region.rng.exponential(20, len(people)) + 1) * MINUTE
    start = missed_at + delay.astype(np.int64)
    ring, talk = draw_talk(region.rng, len(people), 0.8, 45, 1.0)
    return make_calls(region.mobile(people, places(region, people, start)), callees, start, ring, talk)


def _incoming(region: Region, day: int) -> pa.Table:
    """Return calls from contacts in other networks, over the interconnection trunks."""
    rng = region.rng
    people = np.repeat(np.arange(region.subscribers), rng.poisson(region.rate * 0.9))
    contact = region.contacts[people, rng.choice(len(RANKS), len(people), p=RANKS)]
    outside = contact >= region.subscribers
    people, other = people[outside], contact[outside] - region.subscribers
    order = rng.permutation(len(people))
    people, other = people[order], other[order]
    start = region.moments(day, len(people), HOURS)
    ring, talk = draw_talk(rng, len(people), 0.72, 48, 1.1)
    callers = on_trunk(region.others[other], "", "interconnect")._replace(trunk=region.other_trunk[other])
    withheld = rng.random(len(people)) < 0.004
    callers = callers._replace(number=np.where(withheld, "", callers.number))
    return make_calls(callers, region.numbers[people], start, ring, talk)


def return_calls(region: Region, callees: Texts, start: Ints, talk: Ints, share: float, to: Texts) -> pa.Table:
    """Return call-backs of own subscribers: a share of the unanswered calls is returned to the numbers `to`."""
    chosen = np.flatnonzero((talk == 0) & (region.rng.random(len(callees)) < share))
    sorter = np.argsort(region.numbers[: region.subscribers])
    place = np.searchsorted(region.numbers[: region.subscribers], callees[chosen], sorter=sorter)
    people = sorter[np.minimum(place, region.subscribers - 1)]
    known = region.numbers[people] == callees[chosen]
    return _returned(region, people[known], to[chosen][known], start[chosen][known] + 20 * SECOND)

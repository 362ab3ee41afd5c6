"""The calls of operators' days as columns, before a vendor's dialect writes them."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from tests.field.operators.identifiers import Ints, Texts

#: An array of pyarrow: its stubs take neither numpy arrays of texts nor computed types.
ArrowColumn: TypeAlias = Any

_FIELDS: ArrowColumn = [
    pa.field("start", pa.int64()),  # seizure, UTC ms
    pa.field("ring", pa.int64()),  # ms
    pa.field("talk", pa.int64()),  # ms, 0 if nobody answered
    pa.field("caller", pa.string()),  # E.164 digits or as presented; empty if withheld
    pa.field("callee", pa.string()),
    pa.field("forwarder", pa.string()),  # the number called first, of a forwarded call
    pa.field("imei", pa.string()),
    pa.field("imsi", pa.string()),
    pa.field("cell", pa.string()),
    pa.field("trunk", pa.string()),  # incoming trunk group; of own mobiles the radio network
    pa.field("origin", pa.string()),  # mobile | interconnect | international | line
]
SCHEMA = pa.schema(_FIELDS)
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


class Callers(NamedTuple):
    """Who calls, one entry a call: number, phone, card, cell, trunk and origin."""

    number: Texts
    imei: Texts
    imsi: Texts
    cell: Texts
    trunk: Texts
    origin: str


def on_trunk(numbers: Texts, trunk: str, origin: str) -> Callers:
    """Return callers that come over a trunk, without phone, card or cell."""
    empty = np.full(len(numbers), "", "U1")
    return Callers(numbers, empty, empty, empty, np.full(len(numbers), trunk), origin)


def make_calls(
    callers: Callers, callees: Texts, start: Ints, ring: Ints, talk: Ints, forwarders: Texts | None = None
) -> pa.Table:
    """Return calls as a table of `SCHEMA`; all arrays have one entry a call, moments and lengths in ms."""
    count = len(callees)
    empty = np.full(count, "", "U1")
    columns = [start, ring, talk, callers.number, callees, empty if forwarders is None else forwarders]
    columns += [callers.imei, callers.imsi, callers.cell, callers.trunk, np.full(count, callers.origin)]
    arrays: list[ArrowColumn] = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def draw_talk(rng: np.random.Generator, count: int, answer: float, median_s: float, spread: float) -> tuple[Ints, Ints]:
    """Return ringing and talk times in ms: a share `answer` is answered, talks are log-normal around the median."""
    answered = rng.random(count) < answer
    talk = np.clip(rng.lognormal(np.log(median_s), spread, count), 1, 5_400)
    ring = np.where(answered, rng.gamma(3, 3, count) + 2, np.clip(rng.gamma(4, 7, count), 1, 60))
    busy = ~answered & (rng.random(count) < 0.15)
    ring = np.where(busy, rng.random(count) * 2, ring)
    return (ring * SECOND).astype(np.int64), (np.where(answered, talk, 0) * SECOND).astype(np.int64)

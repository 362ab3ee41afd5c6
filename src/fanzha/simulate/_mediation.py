"""Records as real mediation brings them: late, twice, in part, wrong at first, and never in order."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from fanzha.simulate._draw import Mask, Whole, stream
from fanzha.simulate._province import Day
from fanzha.simulate._render import ArrowColumn
from fanzha.simulate._settings import DAY_MS, HOUR_MS, MINUTE_MS, Settings

PROMPT_SHARE, TODAY_SHARE = 0.9, 0.08  # the rest comes up to LATEST_MS after
PROMPT_MEAN_MS, TODAY_MS, LATEST_MS = 2 * MINUTE_MS, 2 * HOUR_MS, 36 * HOUR_MS
TWICE_SHARE = 0.005
LONG_MS, PARTIAL_SHARE = 30 * MINUTE_MS, 0.5  # of calls so long, these come in part first
CORRECTED_SHARE = 0.001
RECORDS = "call_ended"  # what comes in part, or is corrected


class Delivery(NamedTuple):
    """The records of one table that arrive on one day (0 is the first of the simulation)."""

    day: int
    table: str
    records: pa.RecordBatch


def tidy(days: Iterable[Day]) -> Iterator[Delivery]:
    """Yield every day's records on the day, in order, once."""
    for number, day in enumerate(days):
        for table, batch in day.items():
            yield Delivery(number, table, batch)


def messy(days: Iterable[Day], settings: Settings) -> Iterator[Delivery]:
    """Yield the records by the day they arrive on; a second version always comes on a later day than the first."""
    waiting: dict[int, dict[str, list[pa.RecordBatch]]] = {}
    number = -1
    for number, day in enumerate(days):
        for table, batch in day.items():
            for arrives, records in _arriving(batch, table, number, settings):
                waiting.setdefault(max(arrives, number), {}).setdefault(table, []).append(records)
        yield from _arrived(number, waiting.pop(number, {}), settings)
    for later in sorted(waiting):
        yield from _arrived(later, waiting[later], settings)


def _arriving(
    batch: pa.RecordBatch, table: str, number: int, settings: Settings
) -> Iterator[tuple[int, pa.RecordBatch]]:
    draw = stream(settings.seed, "mediation", table, number)
    happened, count = batch.column("occurred_at").to_numpy(), batch.num_rows
    observed = happened + _delay(draw, count)
    again = draw.random(count) < TWICE_SHARE
    first = batch
    if table == RECORDS:
        first, changed = _first_versions(batch, draw)
        again |= changed
    repeats = np.flatnonzero(again)
    yield from _by_day(first, observed, settings)
    yield from _by_day(batch.take(repeats), observed[repeats] + DAY_MS, settings)


def _delay(draw: np.random.Generator, count: int) -> Whole:
    chance = draw.random(count)
    prompt, today = draw.exponential(PROMPT_MEAN_MS, count), draw.uniform(0, TODAY_MS, count)
    late = draw.uniform(TODAY_MS, LATEST_MS, count)
    delay = np.where(chance < PROMPT_SHARE, prompt, np.where(chance < PROMPT_SHARE + TODAY_SHARE, today, late))
    return delay.astype(np.int64)


def _first_versions(batch: pa.RecordBatch, draw: np.random.Generator) -> tuple[pa.RecordBatch, Mask]:
    """Return the records as they come first, and which are not final: long calls in part, some with a wrong length."""
    talk = batch.column("talk_ms").to_numpy()
    partial = (talk > LONG_MS) & (draw.random(talk.size) < PARTIAL_SHARE)
    wrong = (talk > 0) & ~partial & (draw.random(talk.size) < CORRECTED_SHARE)
    told = np.where(partial, LONG_MS, np.where(wrong, talk + MINUTE_MS, talk))
    first = _with(_with(batch, "talk_ms", pa.array(told)), "partial", pa.array(partial))
    return first, partial | wrong


def _by_day(batch: pa.RecordBatch, observed: Whole, settings: Settings) -> Iterator[tuple[int, pa.RecordBatch]]:
    stamped = _with(batch, "observed_at", pa.array(observed))
    arrives = (observed - settings.start_ms) // DAY_MS
    for day in np.unique(arrives).tolist():
        yield day, stamped.take(np.flatnonzero(arrives == day))


def _with(batch: pa.RecordBatch, name: str, column: ArrowColumn) -> pa.RecordBatch:
    return batch.set_column(batch.schema.get_field_index(name), batch.schema.field(name), column)


def _arrived(number: int, tables: dict[str, list[pa.RecordBatch]], settings: Settings) -> Iterator[Delivery]:
    for table in sorted(tables):
        whole = pa.Table.from_batches(tables[table]).combine_chunks()
        shuffled = stream(settings.seed, "order", table, number).permutation(whole.num_rows)
        (records,) = whole.take(shuffled).combine_chunks().to_batches()
        yield Delivery(number, table, records)

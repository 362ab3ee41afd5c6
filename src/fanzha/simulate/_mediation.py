"""Deliver records as real mediation does: late, repeated, partial, corrected and unordered."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from fanzha.simulate._columns import ArrowColumn
from fanzha.simulate._province import Day
from fanzha.simulate._random import BoolArray, IntArray, create_generator
from fanzha.simulate._settings import DAY_MS, HOUR_MS, MINUTE_MS, Settings

PROMPT_SHARE, TODAY_SHARE = 0.9, 0.08  # the rest arrives up to LATEST_MS late
PROMPT_MEAN_MS, TODAY_MS, LATEST_MS = 2 * MINUTE_MS, 2 * HOUR_MS, 36 * HOUR_MS
TWICE_SHARE = 0.005
LONG_MS, PARTIAL_SHARE = 30 * MINUTE_MS, 0.5  # share of calls longer than LONG_MS that have a partial record first
CORRECTED_SHARE = 0.001
RECORDS = "call_ended"  # the table with partial and corrected records


class SimulatedDelivery(NamedTuple):
    """The records of one table that arrive on one day. Day 0 is the first day of the simulation."""

    day: int
    table: str
    records: pa.RecordBatch


def deliver_in_order(days: Iterable[Day]) -> Iterator[SimulatedDelivery]:
    """Yield the records of each day on that day, in order and without repetition."""
    for number, day in enumerate(days):
        for table, batch in day.items():
            yield SimulatedDelivery(number, table, batch)


def deliver_with_defects(days: Iterable[Day], settings: Settings) -> Iterator[SimulatedDelivery]:
    """Yield the records by day of arrival. The second version of a record arrives on a later day than the first."""
    pending: dict[int, dict[str, list[pa.RecordBatch]]] = {}
    number = -1
    for number, day in enumerate(days):
        for table, batch in day.items():
            for arrival_day, records in _plan_arrivals(batch, table, number, settings):
                pending.setdefault(max(arrival_day, number), {}).setdefault(table, []).append(records)
        yield from _shuffle_arrivals(number, pending.pop(number, {}), settings)
    for arrival_day in sorted(pending):
        yield from _shuffle_arrivals(arrival_day, pending[arrival_day], settings)


def _plan_arrivals(
    batch: pa.RecordBatch, table: str, number: int, settings: Settings
) -> Iterator[tuple[int, pa.RecordBatch]]:
    rng = create_generator(settings.seed, "mediation", table, number)
    occurred_at, count = batch.column("occurred_at").to_numpy(), batch.num_rows
    observed_at = occurred_at + _draw_delays(rng, count)
    is_repeated = rng.random(count) < TWICE_SHARE
    first = batch
    if table == RECORDS:
        first, is_provisional = _build_first_versions(batch, rng)
        is_repeated |= is_provisional
    repeats = np.flatnonzero(is_repeated)
    yield from _split_by_day(first, observed_at, settings)
    yield from _split_by_day(batch.take(repeats), observed_at[repeats] + DAY_MS, settings)


def _draw_delays(rng: np.random.Generator, count: int) -> IntArray:
    chance = rng.random(count)
    prompt, today = rng.exponential(PROMPT_MEAN_MS, count), rng.uniform(0, TODAY_MS, count)
    late = rng.uniform(TODAY_MS, LATEST_MS, count)
    delay = np.where(chance < PROMPT_SHARE, prompt, np.where(chance < PROMPT_SHARE + TODAY_SHARE, today, late))
    return delay.astype(np.int64)


def _build_first_versions(batch: pa.RecordBatch, rng: np.random.Generator) -> tuple[pa.RecordBatch, BoolArray]:
    """Return the first version of each record and a mask of the records that a second version corrects.

    Some long calls are partial at first, and some calls have a wrong duration.
    """
    talk_ms = batch.column("talk_ms").to_numpy()
    is_partial = (talk_ms > LONG_MS) & (rng.random(talk_ms.size) < PARTIAL_SHARE)
    is_wrong = (talk_ms > 0) & ~is_partial & (rng.random(talk_ms.size) < CORRECTED_SHARE)
    reported_ms = np.where(is_partial, LONG_MS, np.where(is_wrong, talk_ms + MINUTE_MS, talk_ms))
    first = _replace_column(_replace_column(batch, "talk_ms", pa.array(reported_ms)), "partial", pa.array(is_partial))
    return first, is_partial | is_wrong


def _split_by_day(
    batch: pa.RecordBatch, observed_at: IntArray, settings: Settings
) -> Iterator[tuple[int, pa.RecordBatch]]:
    stamped = _replace_column(batch, "observed_at", pa.array(observed_at))
    arrival_days = (observed_at - settings.start_ms) // DAY_MS
    for day in np.unique(arrival_days).tolist():
        yield day, stamped.take(np.flatnonzero(arrival_days == day))


def _replace_column(batch: pa.RecordBatch, name: str, column: ArrowColumn) -> pa.RecordBatch:
    return batch.set_column(batch.schema.get_field_index(name), batch.schema.field(name), column)


def _shuffle_arrivals(
    number: int, tables: dict[str, list[pa.RecordBatch]], settings: Settings
) -> Iterator[SimulatedDelivery]:
    for table in sorted(tables):
        table_records = pa.Table.from_batches(tables[table]).combine_chunks()
        shuffled = create_generator(settings.seed, "order", table, number).permutation(table_records.num_rows)
        (records,) = table_records.take(shuffled).combine_chunks().to_batches()
        yield SimulatedDelivery(number, table, records)

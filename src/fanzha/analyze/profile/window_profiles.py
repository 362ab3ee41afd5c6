"""Compute profiles from contacts with the window kernel that rules use."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from fanzha.analyze.profile.columns import BY_PARTY, CALL, END, TEXT, WINDOWS, profile_columns
from fanzha.analyze.profile.contacts import CALL_SORTS, SORTS
from fanzha.analyze.profile.month import ProfileMonth
from fanzha.base.ids import digest
from fanzha.events.subscriber_profile import BY_WINDOWS, EVENT
from fanzha.windows import CHINA_MS, DAY_MS, UNKNOWN, FactBatch, WindowSpec
from fanzha.windows.codes import TextCodes

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

IntArray = NDArray[np.int64]

_HOUR_MS = 3_600_000


def compute_profiles(contacts: Iterable[pa.RecordBatch], month: ProfileMonth, basis: str = "") -> pa.RecordBatch:
    """Return a profile (subscriber_profile) of each subscriber with a contact in the month, ordered by number.

    `contacts` are the contacts of the month by moment, with the columns of `fanzha.analyze.profile.contacts`; they
    must include all contacts of a subscriber.
    """
    from fanzha.windows.windows import Windows  # compiles kernels

    party_windows = Windows([(spec, frozenset({CALL})) for spec in BY_PARTY.values()])
    windows = Windows([(spec, frozenset({END})) for spec in WINDOWS.values()])
    codes, subscribers, count = TextCodes(), pa.array([], pa.string()), 0
    for batch in contacts:
        facts = _facts(batch, codes, count)
        values = party_windows.feed(facts)
        windows.feed(replace(facts, columns={**facts.columns, **_values_by_name(BY_PARTY, values)}))
        subscribers = pc.unique(pa.concat_arrays([subscribers, pc.unique(batch.column("subscriber"))]))
        count += batch.num_rows
    subscribers = subscribers.take(pc.sort_indices(subscribers))
    values = windows.feed(_month_end_facts(codes.encode(subscribers), month.end - 1, count))
    return _profile_batch(subscribers, _values_by_name(WINDOWS, values), month, basis)


def _facts(batch: pa.RecordBatch, codes: TextCodes, first: int) -> FactBatch:
    moments: IntArray = batch.column("occurred_at").to_numpy()
    sort: IntArray = pc.index_in(batch.column("sort"), pa.array(SORTS)).to_numpy().astype(np.int64)
    subscriber, other_party, device = (codes.encode(batch.column(name)) for name in ("subscriber", "other", "device"))
    talk: IntArray = pc.fill_null(batch.column("talk_ms"), UNKNOWN).to_numpy()
    days = (moments + CHINA_MS) // DAY_MS
    dates = days.astype("datetime64[D]")
    fact_columns = {
        "subscriber": subscriber,
        "other": other_party,
        "device": device,
        "talk_ms": talk,
        "sort": sort,
        "hour": (moments + CHINA_MS) // _HOUR_MS % 24,
        "day": (dates - dates.astype("datetime64[M]")).astype(np.int64),
        "made": sort == SORTS.index("made"),
        "received": sort == SORTS.index("received"),
        "met": other_party != UNKNOWN,
        "timed": talk != UNKNOWN,
        "simulated": batch.column("simulated").to_numpy(zero_copy_only=False),
    }
    kinds = np.where(sort < len(CALL_SORTS), CALL, TEXT).astype(np.int16)
    return FactBatch(kinds, moments, {name: column.astype(np.int64) for name, column in fact_columns.items()}, first)


def _month_end_facts(subscribers: IntArray, moment: int, first: int) -> FactBatch:
    """Return one fact per subscriber at the end of the month, which reads the windows."""
    nothing = np.full(len(subscribers), UNKNOWN, np.int64)
    read = {name for spec in WINDOWS.values() for name in (spec.value, spec.gate) if name}
    kinds, moments = np.full(len(subscribers), END, np.int16), np.full(len(subscribers), moment, np.int64)
    return FactBatch(kinds, moments, {**dict.fromkeys(read, nothing), "subscriber": subscribers}, first)


def _values_by_name(specs: Mapping[str, WindowSpec], values: Mapping[str, IntArray]) -> dict[str, IntArray]:
    return {name: values[spec.name] for name, spec in specs.items()}


def _profile_batch(
    subscribers: Any, window_values: Mapping[str, IntArray], month: ProfileMonth, basis: str
) -> pa.RecordBatch:
    count = len(subscribers)
    numbers = {name: np.where(column == UNKNOWN, np.nan, column) for name, column in window_values.items()}
    arrays: dict[str, Any] = {
        "event_id": [digest(BY_WINDOWS, subscriber, month.end) for subscriber in subscribers.to_pylist()],
        "occurred_at": np.full(count, month.at),
        "observed_at": np.full(count, month.at),
        "source": [BY_WINDOWS] * count,
        "basis": [basis or None] * count,
        "simulated": numbers["calls_simulated"] + numbers["texts_simulated"] > 0,
        "subscriber": subscribers,
    }
    for name, column in profile_columns(numbers).items():
        arrays[name] = pa.array(column, pa.float64(), from_pandas=True).cast(EVENT.column(name).type)
    return EVENT.conform(arrays, count)

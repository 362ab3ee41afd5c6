"""Messages of Arrow become events of their table; reading a stream is tested in tests/field."""

import pyarrow as pa
import pytest

from fanzha.analyze.watch.nats_input import read_arrow
from fanzha.analyze.watch.reorder_buffer import to_bytes
from fanzha.events import all_events

START_MS = 1_772_323_200_000


def message(**columns: list[object]) -> bytes:
    """Return an Arrow IPC stream with these columns."""
    return to_bytes(pa.RecordBatch.from_pydict(columns))


def test_missing_columns_are_null_unknown_ones_are_dropped_and_the_time_of_learning_is_now() -> None:
    data = message(
        event_id=["a", "b"], occurred_at=[START_MS, START_MS + 1], caller=["+8617000000001", None], other=[1, 2]
    )
    events = read_arrow("call_offered", data, START_MS + 9)
    assert events.schema == all_events()["call_offered"].schema
    assert events.column("observed_at").to_pylist() == [START_MS + 9] * 2
    assert events.column("caller").to_pylist() == ["+8617000000001", None]
    assert events.column("callee").null_count == 2


@pytest.mark.parametrize(
    ("table", "data", "error"),
    [
        ("no_such_table", message(event_id=["a"], occurred_at=[START_MS]), KeyError),
        ("call_offered", b"garbage", pa.ArrowException),
        ("call_offered", message(event_id=["a"], occurred_at=["soon"]), pa.ArrowException),
        ("call_offered", message(event_id=[None], occurred_at=[START_MS]), ValueError),
        ("call_offered", message(event_id=["a"]), ValueError),
    ],
)
def test_what_is_no_stream_of_the_table_is_an_error(table: str, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_arrow(table, data, START_MS)

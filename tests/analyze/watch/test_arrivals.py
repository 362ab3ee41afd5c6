"""An arrival counts its events."""

import pyarrow as pa

from fanzha.analyze.watch.arrivals import Arrival


def test_an_arrival_counts_the_events_of_all_its_tables() -> None:
    assert Arrival("switch").row_count == 0
    batches = {name: pa.record_batch({"event_id": ["a", "b"]}) for name in ("call_offered", "call_ended")}
    assert Arrival("switch", batches).row_count == 4

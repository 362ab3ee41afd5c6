"""Sites as the detector sees them."""

from collections.abc import Callable, Mapping

import pyarrow as pa
import pytest

from fanzha.base.ids import digest
from fanzha.events import all_events

SEEN_AT = 1_772_323_200_000
Batch = Callable[..., pa.RecordBatch]


@pytest.fixture
def batch() -> Batch:
    """Return a function that makes a batch of site_seen from rows."""

    def make(*rows: Mapping[str, object]) -> pa.RecordBatch:
        filled = [
            {
                "event_id": digest("site", number),
                "occurred_at": SEEN_AT,
                "observed_at": SEEN_AT,
                "source": "test",
                "simulated": True,
                **row,
            }
            for number, row in enumerate(rows)
        ]
        return pa.RecordBatch.from_pylist(filled, schema=all_events()["site_seen"].schema)

    return make

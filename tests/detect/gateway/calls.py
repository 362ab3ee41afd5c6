"""Made-up calls for the tests of the gateway guard."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
from hypothesis import strategies as st

from fanzha.events.call_offered import EVENT, INGRESS

START = 1_772_323_200_000  # 2026-03-01 08:00 in Beijing
DAY = 86_400_000

CALLERS = [
    "95588", "+8610110", "0086110", "+8619100000101", "+861000000000", "4000000000", "10690000000", "1064800000000",
    "110", "+44 20 7946 0958", "+852 9123 4567", "+999123456789", "anonymous", None, "",
    "87654321", "+1 900 234 5678", "１１０",
]  # fmt: skip
CALL: st.SearchStrategy[dict[str, object]] = st.fixed_dictionaries(
    {
        "caller": st.sampled_from(CALLERS),
        "ingress": st.sampled_from([*INGRESS, None]),
        "trunk": st.sampled_from(["T1", "T2", "", None]),
        "proven_caller": st.sampled_from([None, None, "+8619100000101", "+861064800000000", "+8619100000102"]),
        "roaming": st.sampled_from([None, "proven", "disproven", "unproven"]),
        "callee": st.sampled_from(["+8619100000990", "110", None]),
        "basis": st.sampled_from([None, "contract", "order"]),
        "simulated": st.booleans(),
        "gap": st.integers(0, DAY // 3),
    }
)


def batch_of(calls: Sequence[Mapping[str, object]]) -> pa.RecordBatch:
    """Return calls as a batch in time order; `gap` is the time since the call before."""
    rows, moment = [], START
    for number, call in enumerate(calls):
        gap = call.get("gap", 1_000)
        moment += gap if isinstance(gap, int) else 0
        rows.append(
            {
                "event_id": f"e{number}",
                "call_id": f"c{number}",
                "occurred_at": moment,
                "observed_at": moment,
                "source": "test",
                "simulated": True,
                **{name: value for name, value in call.items() if name != "gap"},
            }
        )
    return pa.RecordBatch.from_pylist(rows, schema=EVENT.schema)

"""The called party answered; joined to its offer by `call_id`."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

EVENT = EventTable(
    name="call_answered",
    title=Words("呼叫应答", "call answered"),
    identity=("call_id",),
    own=(
        Column("call_id", pa.string(), Words("呼叫标识", "call id"), required=True),
        Column(
            "ring_ms",
            pa.int64(),
            Words("振铃时长", "ringing time"),
            unit="ms",
            low=0,
            high=3_600_000,
            aliases=("ring_time", "ring_duration", "ringing_duration"),
        ),
        Column("callee", pa.string(), Words("应答号码", "answering number"), kind="phone_number"),
    ),
)

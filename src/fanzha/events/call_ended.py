"""A call ended, answered or not; joined to its offer by `call_id`."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

EVENT = EventTable(
    name="call_ended",
    title=Words("呼叫结束", "call ended"),
    identity=("call_id",),
    own=(
        Column("call_id", pa.string(), Words("呼叫标识", "call id"), required=True),
        Column(
            "answered",
            pa.bool_(),
            Words("是否应答", "answered"),
            aliases=(
                "answered",
                "是否应答",
                "接通",
                "是否接通",
                "接通状态",
                "呼叫结果",
                "通话结果",
                "disposition",
                "应答标识",
            ),
        ),
        Column(
            "talk_ms",
            pa.int64(),
            Words("通话时长", "talk time"),
            unit="ms",
            low=0,
            high=7 * 86_400_000,
            aliases=(
                "duration",
                "talk",
                "billsec",
                "duration_s",
                "talk_time",
                "talk_duration",
                "connected_time",
                "duration_real",
                "acct_session_time",
                "dur",
                "通话时长",
                "时长",
                "通话时长(秒)",
                "计费时长",
                "通话时间长",
                "通话秒数",
            ),
        ),
        Column(
            "release_cause",
            pa.int32(),
            Words("释放原因", "release cause (ITU-T Q.850)"),
            low=0,
            high=127,
            aliases=(
                "release_cause",
                "cause",
                "hangup_cause",
                "dest_cause_value",
                "释放原因",
                "释放原因值",
                "拆线原因",
            ),
        ),
        Column(
            "released_by",
            pa.string(),
            Words("释放方", "released by"),
            values=("caller", "callee", "network"),
            aliases=("released_by", "释放方", "挂机方"),
            words=(
                ("主叫", "caller"),
                ("主叫挂机", "caller"),
                ("被叫", "callee"),
                ("被叫挂机", "callee"),
                ("网络", "network"),
                ("系统", "network"),
            ),
        ),
        Column(
            "partial",
            pa.bool_(),
            Words("部分话单", "partial record"),
            aliases=(
                "partial",
                "partial_flag",
                "partial_record_flag",
                "partial_type",
                "部分话单标志",
                "部分话单标识",
                "部分记录标志",
                "长话单标志",
                "中间话单标志",
            ),
        ),
    ),
)

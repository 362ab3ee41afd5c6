"""A rule fired: what it found, so that other rules can add up the findings of days, devices and cells."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

#: Columns that are taken from the event at which the rule fired, where that event has them.
FROM_EVENT = (
    "proven_caller",
    "callee",
    "trunk",
    "ingress",
    "device",
    "sim_card",
    "cell",
    "sender",
    "channel",
    "outlet",
)

EVENT = EventTable(
    name="finding",
    title=Words("规则命中", "finding of a rule"),
    identity=("rule_name", "subject_kind", "subject"),
    derived=True,
    own=(
        Column("rule_name", pa.string(), Words("规则", "rule"), required=True),
        Column("fraud_type", pa.string(), Words("诈骗类型", "fraud type"), required=True),
        #: True of rules that only note (`then note`): no person sees these findings.
        Column("noted", pa.bool_(), Words("仅作记录", "only noted"), required=True),
        Column("percent", pa.int64(), Words("分值（百分之一）", "score, in hundredths"), unit="count", low=0, high=100),
        Column("subject_kind", pa.string(), Words("对象类型", "kind of the subject"), required=True),
        Column("subject", pa.string(), Words("对象", "subject"), required=True),
        Column("number", pa.string(), Words("对象号码", "the subject, if it is a number"), kind="phone_number"),
        Column("proven_caller", pa.string(), Words("已证实主叫", "proven caller"), kind="phone_number"),
        Column("callee", pa.string(), Words("被叫", "callee"), kind="phone_number"),
        Column("trunk", pa.string(), Words("中继", "trunk"), kind="trunk"),
        Column("ingress", pa.string(), Words("入口", "ingress")),
        Column("device", pa.string(), Words("终端", "device"), kind="device"),
        Column("sim_card", pa.string(), Words("SIM 卡", "SIM card"), kind="sim_card"),
        Column("cell", pa.string(), Words("小区", "cell")),
        Column("sender", pa.string(), Words("发送方", "sender")),
        Column("channel", pa.string(), Words("短信通道", "channel of the text")),
        Column("outlet", pa.string(), Words("网点", "outlet"), kind="outlet"),
    ),
)

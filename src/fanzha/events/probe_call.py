"""A probe call sent into the network by a known route, and what arrived of it: finds SIM boxes (ATF Art. 13, 14)."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable
from fanzha.events.call_offered import INGRESS, INGRESS_WORDS

EVENT = EventTable(
    name="test_call",
    title=Words("测试呼叫", "test call"),
    identity=("probe_id", "callee"),
    own=(
        Column(
            "probe_id",
            pa.string(),
            Words("拨测编号", "probe id"),
            required=True,
            aliases=(
                "probe_id",
                "probe",
                "test_id",
                "test_call_id",
                "拨测编号",
                "测试编号",
                "拨测任务编号",
                "探测编号",
            ),
        ),
        #: The foreign or wholesale route of the probe, which should arrive through the international gateway.
        Column(
            "route",
            pa.string(),
            Words("发出路由", "route sent by"),
            aliases=(
                "route",
                "sent_route",
                "wholesale_route",
                "origin_route",
                "发出路由",
                "拨测路由",
                "批发路由",
                "路由",
            ),
        ),
        Column(
            "sent_caller",
            pa.string(),
            Words("发出主叫", "caller number sent"),
            aliases=("sent_caller", "sent_cli", "cli_sent", "test_caller", "发出主叫", "发送主叫", "拨测主叫"),
        ),
        Column(
            "callee",
            pa.string(),
            Words("测试线号码", "our test line"),
            kind="phone_number",
            required=True,
            aliases=("callee", "test_line", "test_number", "测试线号码", "测试号码", "拨测被叫", "被叫", "被叫号码"),
        ),
        Column(
            "received_caller",
            pa.string(),
            Words("收到主叫", "caller number received"),
            aliases=("received_caller", "received_cli", "cli_received", "收到主叫", "接收主叫", "到达主叫", "来显号码"),
        ),
        Column(
            "received_trunk",
            pa.string(),
            Words("到达中继", "trunk it arrived on"),
            kind="trunk",
            aliases=("received_trunk", "arrival_trunk", "到达中继", "接收中继", "到达中继群"),
        ),
        Column(
            "received_ingress",
            pa.string(),
            Words("到达入口", "ingress it arrived by"),
            values=INGRESS,
            aliases=("received_ingress", "arrival_ingress", "到达入口", "接收入口", "到达方式"),
            words=INGRESS_WORDS,
        ),
        Column(
            "arrived",
            pa.bool_(),
            Words("是否到达", "arrived"),
            required=True,
            aliases=("arrived", "是否到达", "到达", "拨测结果", "测试结果"),
        ),
        Column(
            "ring_ms",
            pa.int64(),
            Words("振铃时长", "ringing time"),
            unit="ms",
            low=0,
            high=3_600_000,
            aliases=("ring_ms", "ring_time", "振铃时长"),
        ),
    ),
)

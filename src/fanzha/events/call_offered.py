"""A call reached the network and was offered to the called party; what is known before anybody answers."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

INGRESS = ("international_gateway", "interconnect", "leased_line", "mobile", "voip")

EVENT = EventTable(
    name="call_offered",
    title=Words("呼叫发起", "call offered"),
    identity=("call_id",),
    own=(
        Column(
            "call_id",
            pa.string(),
            Words("呼叫标识", "call id"),
            required=True,
            aliases=("call_id", "callid", "call-id", "呼叫标识", "呼叫编号", "通话标识", "话单号", "流水号"),
        ),
        Column(
            "caller",
            pa.string(),
            Words("主叫声称号码", "claimed caller"),
            aliases=(
                "caller",
                "calling",
                "calling_number",
                "a_number",
                "from",
                "src",
                "cli",
                "主叫",
                "主叫号码",
                "主叫方号码",
                "主叫用户号码",
            ),
        ),
        Column(
            "proven_caller",
            pa.string(),
            Words("已证实主叫", "proven caller"),
            kind="phone_number",
            aliases=("proven_caller", "已证实主叫", "鉴权号码"),
        ),
        Column(
            "callee",
            pa.string(),
            Words("被叫", "callee"),
            kind="phone_number",
            aliases=(
                "callee",
                "called",
                "called_number",
                "b_number",
                "to",
                "dst",
                "被叫",
                "被叫号码",
                "被叫方号码",
                "被叫用户号码",
                "对端号码",
            ),
        ),
        Column(
            "original_callee",
            pa.string(),
            Words("原被叫", "original callee"),
            kind="phone_number",
            aliases=("original_callee", "original_called", "原被叫", "原被叫号码", "原始被叫号码"),
        ),
        Column(
            "ingress",
            pa.string(),
            Words("入口", "ingress"),
            values=INGRESS,
            aliases=("ingress", "入口", "来话类型", "呼叫来源", "接入类型", "入局类型"),
        ),
        Column(
            "trunk",
            pa.string(),
            Words("中继", "trunk"),
            kind="trunk",
            aliases=(
                "trunk",
                "trunk_id",
                "trunk_group",
                "中继",
                "中继群",
                "中继群号",
                "入中继",
                "入中继群",
                "局向",
                "中继编号",
            ),
        ),
        Column(
            "presentation",
            pa.string(),
            Words("显示指示", "presentation indicator"),
            values=("allowed", "restricted", "unavailable"),
            aliases=("presentation", "显示指示", "号码显示"),
        ),
        Column(
            "screening",
            pa.string(),
            Words("鉴别指示", "screening indicator"),
            values=("not_screened", "passed", "failed", "network"),
            aliases=("screening", "鉴别指示", "筛选指示"),
        ),
        Column(
            "asserted_identity",
            pa.string(),
            Words("P-Asserted-Identity", "P-Asserted-Identity"),
            aliases=("pai", "p-asserted-identity", "asserted_identity"),
        ),
        Column(
            "attestation",
            pa.string(),
            Words("鉴权等级", "attestation (STIR)"),
            values=("A", "B", "C"),
            aliases=("attestation", "attest", "鉴权等级"),
        ),
        Column(
            "diversion",
            pa.string(),
            Words("转移方", "diversion"),
            aliases=("diversion", "redirecting", "redirecting_number", "转移号码", "前转号码", "改发号码"),
        ),
        Column(
            "roaming",
            pa.string(),
            Words("漫游证明", "roaming proof"),
            values=("proven", "disproven", "unproven"),
            aliases=("roaming", "漫游证明", "漫游状态"),
        ),
        Column(
            "cell", pa.string(), Words("小区", "cell"), aliases=("cell", "cell_id", "cgi", "小区", "基站", "小区号")
        ),
        Column(
            "device",
            pa.string(),
            Words("终端", "device"),
            kind="device",
            aliases=("device", "imei", "终端", "终端串号"),
        ),
        Column(
            "sim_card", pa.string(), Words("卡", "SIM card"), kind="sim_card", aliases=("sim_card", "imsi", "iccid")
        ),
    ),
)

"""A card was used in a device at a place: where modem pools and moved IoT cards show (ATF Art. 12, 14)."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

EVENT = EventTable(
    name="sim_use",
    title=Words("卡使用", "SIM use"),
    identity=("sim_card", "device", "cell"),
    own=(
        Column(
            "sim_card",
            pa.string(),
            Words("卡", "SIM card"),
            kind="sim_card",
            required=True,
            aliases=("sim_card", "imsi", "iccid", "卡号", "sim卡号"),
        ),
        Column(
            "device",
            pa.string(),
            Words("终端", "device"),
            kind="device",
            required=True,
            aliases=("device", "imei", "终端", "终端串号", "终端识别码", "设备串号"),
        ),
        Column(
            "number",
            pa.string(),
            Words("号码", "number"),
            kind="phone_number",
            aliases=("number", "msisdn", "phone", "号码", "手机号", "手机号码", "用户号码"),
        ),
        Column(
            "cell",
            pa.string(),
            Words("小区", "cell"),
            aliases=("cell", "cell_id", "cgi", "ecgi", "小区", "小区号", "基站", "基站编号"),
        ),
        Column(
            "service",
            pa.string(),
            Words("业务", "service"),
            values=("attach", "voice", "sms", "data"),
            aliases=("service", "业务", "业务类型"),
            words=(
                ("附着", "attach"),
                ("开机", "attach"),
                ("位置更新", "attach"),
                ("语音", "voice"),
                ("通话", "voice"),
                ("短信", "sms"),
                ("流量", "data"),
                ("上网", "data"),
                ("数据", "data"),
            ),
        ),
        Column(
            "visited_country",
            pa.string(),
            Words("漫游地", "visited country (ISO 3166)"),
            aliases=("visited_country", "漫游地", "漫游国家", "拜访地"),
        ),
        Column(
            "data_kb",
            pa.float64(),
            Words("流量", "traffic"),
            unit="kB",
            low=0,
            aliases=("data_kb", "流量kb", "上网流量"),
        ),
    ),
)

"""An action with an account of a platform: opened, entered, used to reach people or move money (ATF Art. 22)."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

EVENT = EventTable(
    name="account_action",
    title=Words("账号行为", "account action"),
    identity=("account", "action", "other_account"),
    own=(
        Column(
            "account",
            pa.string(),
            Words("账号", "account"),
            kind="account",
            required=True,
            aliases=("account", "account_id", "user_id", "uid", "账号", "帐号", "用户账号", "用户id"),
        ),
        Column(
            "action",
            pa.string(),
            Words("行为", "action"),
            required=True,
            values=(
                "opened",
                "logged_in",
                "profile_changed",
                "contact_added",
                "group_joined",
                "message_sent",
                "money_sent",
                "money_received",
                "limited",
                "closed",
            ),
            aliases=("action", "行为", "操作", "操作类型", "行为类型", "事件类型"),
            words=(
                ("注册", "opened"),
                ("开户", "opened"),
                ("登录", "logged_in"),
                ("修改资料", "profile_changed"),
                ("加好友", "contact_added"),
                ("添加好友", "contact_added"),
                ("入群", "group_joined"),
                ("发送消息", "message_sent"),
                ("发消息", "message_sent"),
                ("转出", "money_sent"),
                ("转账", "money_sent"),
                ("转入", "money_received"),
                ("收款", "money_received"),
                ("限制", "limited"),
                ("封禁", "closed"),
                ("注销", "closed"),
            ),
        ),
        Column("platform", pa.string(), Words("平台", "platform"), aliases=("platform", "平台", "平台名称")),
        Column(
            "other_account",
            pa.string(),
            Words("对方账号", "other account"),
            kind="account",
            aliases=("other_account", "peer_account", "对方账号", "对端账号"),
        ),
        Column(
            "number",
            pa.string(),
            Words("绑定号码", "linked number"),
            kind="phone_number",
            aliases=("number", "msisdn", "phone", "手机号", "手机号码", "绑定手机号"),
        ),
        Column("device", pa.string(), Words("终端", "device"), kind="device", aliases=("device", "imei", "终端串号")),
        Column("address", pa.string(), Words("IP地址", "IP address"), aliases=("ip", "ip_address", "ip地址", "登录ip")),
        Column(
            "amount_cny",
            pa.float64(),
            Words("金额", "amount"),
            unit="CNY",
            low=0,
            high=1e12,
            aliases=("amount", "amount_cny", "金额", "交易金额", "转账金额"),
        ),
    ),
)

"""A text somebody received: SMS, mail, chat, or what was said on a call; content needs a legal basis (Art. 65)."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable
from fanzha.events.call_offered import INGRESS, INGRESS_WORDS

EVENT = EventTable(
    name="message",
    title=Words("短信与文本", "message"),
    identity=("sender", "recipient", "text"),
    own=(
        Column(
            "text",
            pa.string(),
            Words("内容", "text"),
            required=True,
            content=True,
            aliases=(
                "text",
                "content",
                "body",
                "message",
                "msg",
                "sms",
                "短信内容",
                "内容",
                "正文",
                "短信",
                "消息内容",
            ),
        ),
        Column(
            "channel",
            pa.string(),
            Words("渠道", "channel"),
            values=("sms", "port_sms", "mms", "mail", "chat", "call_transcript", "case", "report"),
            aliases=("channel", "type", "渠道", "短信类型", "类型"),
            words=(
                ("短信", "sms"),
                ("点对点短信", "sms"),
                ("点对点", "sms"),
                ("端口短信", "port_sms"),
                ("端口类短信", "port_sms"),
                ("行业短信", "port_sms"),
                ("a2p", "port_sms"),
                ("p2p", "sms"),
                ("彩信", "mms"),
                ("邮件", "mail"),
                ("电子邮件", "mail"),
                ("email", "mail"),
                ("聊天", "chat"),
                ("微信", "chat"),
                ("qq", "chat"),
                ("通话记录", "call_transcript"),
                ("通话文本", "call_transcript"),
                ("通话转写", "call_transcript"),
                ("电话", "call_transcript"),
                ("案情", "case"),
                ("案件", "case"),
                ("举报", "report"),
            ),
        ),
        Column(
            "sender",
            pa.string(),
            Words("发送方", "sender"),
            aliases=("sender", "from", "src", "source_number", "发送号码", "发送方", "主叫号码", "端口号", "发件人"),
        ),
        Column(
            "recipient",
            pa.string(),
            Words("接收方", "recipient"),
            kind="phone_number",
            aliases=("recipient", "to", "dst", "receiver", "接收号码", "接收方", "被叫号码", "收件人"),
        ),
        Column("signature", pa.string(), Words("签名", "signature"), aliases=("signature", "签名", "短信签名")),
        Column(
            "ingress",
            pa.string(),
            Words("入口", "ingress"),
            values=INGRESS,
            aliases=("ingress", "入口", "来源网络"),
            words=INGRESS_WORDS,
        ),
        Column(
            "conversation",
            pa.string(),
            Words("会话", "conversation"),
            aliases=("conversation", "session", "会话", "会话编号", "call_id"),
        ),
        Column("turn", pa.int32(), Words("轮次", "turn"), unit="count", low=0, high=100_000, aliases=("turn", "轮次")),
    ),
)

"""Somebody reported a number, text, site, app or account (12321, 96110), or a list names it (ATF Art. 30)."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

EVENT = EventTable(
    name="public_report",
    title=Words("公众举报", "public report"),
    identity=("report", "target", "text"),
    own=(
        Column(
            "target",
            pa.string(),
            Words("被举报对象", "what is reported"),
            required=True,
            aliases=(
                "target",
                "reported",
                "reported_number",
                "被举报号码",
                "被举报对象",
                "举报对象",
                "举报号码",
                "涉诈号码",
                "诈骗号码",
                "嫌疑号码",
            ),
        ),
        Column(
            "target_kind",
            pa.string(),
            Words("对象类型", "kind of thing"),
            values=("phone_number", "message", "website", "app", "account", "payment_account", "other"),
            aliases=("target_kind", "对象类型", "举报类型", "举报对象类型"),
            words=(
                ("电话", "phone_number"),
                ("号码", "phone_number"),
                ("骚扰电话", "phone_number"),
                ("诈骗电话", "phone_number"),
                ("短信", "message"),
                ("垃圾短信", "message"),
                ("诈骗短信", "message"),
                ("网站", "website"),
                ("网址", "website"),
                ("应用", "app"),
                ("app", "app"),
                ("账号", "account"),
                ("银行卡", "payment_account"),
                ("其他", "other"),
            ),
        ),
        Column(
            "text",
            pa.string(),
            Words("举报内容", "what the reporter wrote"),
            content=True,
            aliases=("text", "content", "description", "举报内容", "举报描述", "内容", "详情", "简要案情", "案情"),
        ),
        Column(
            "report",
            pa.string(),
            Words("举报编号", "number of the report"),
            aliases=("report", "report_id", "举报编号", "工单号", "受理编号"),
        ),
        Column(
            "category",
            pa.string(),
            Words("类别", "category as reported"),
            aliases=("category", "类别", "举报类别", "诈骗类型", "诈骗类别"),
        ),
        Column(
            "channel",
            pa.string(),
            Words("举报渠道", "channel"),
            values=("hotline", "sms", "app", "web", "police", "platform", "list"),
            aliases=("channel", "举报渠道", "受理渠道"),
            words=(
                ("电话", "hotline"),
                ("热线", "hotline"),
                ("12321", "hotline"),
                ("96110", "police"),
                ("短信", "sms"),
                ("客户端", "app"),
                ("网站", "web"),
                ("网页", "web"),
                ("公安", "police"),
                ("平台", "platform"),
                ("名单", "list"),
            ),
        ),
        Column(
            "happened_at",
            pa.int64(),
            Words("事发时间", "when it happened"),
            unit="ms",
            aliases=("happened_at", "事发时间", "来电时间", "收到时间"),
        ),
        Column(
            "loss_cny",
            pa.float64(),
            Words("损失金额", "loss"),
            unit="CNY",
            low=0,
            high=1e12,
            aliases=("loss", "loss_cny", "损失金额", "被骗金额", "涉案金额"),
        ),
        #: Who reported, as a keyed hash: reporters are protected (ATF Art. 30).
        Column(
            "reporter",
            pa.string(),
            Words("举报人(假名)", "reporter (pseudonym)"),
            kind="person",
            aliases=("reporter", "reporter_h", "举报人", "举报人标识"),
        ),
    ),
)

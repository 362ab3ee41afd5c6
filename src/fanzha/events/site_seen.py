"""A site somebody saw: a domain from a list or log, or a page with what was found on it."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

EVENT = EventTable(
    name="site_seen",
    title=Words("网站", "site seen"),
    identity=("url", "host"),
    own=(
        Column(
            "host",
            pa.string(),
            Words("域名", "host"),
            kind="website",
            required=True,
            aliases=("host", "domain", "hostname", "域名", "网站", "网址域名", "fqdn"),
        ),
        Column(
            "url",
            pa.string(),
            Words("网址", "URL"),
            aliases=("url", "link", "uri", "网址", "链接", "网站链接", "url地址"),
        ),
        Column(
            "registered_at",
            pa.int64(),
            Words("注册时间", "registered at"),
            unit="ms",
            aliases=("registered_at", "created", "creation_date", "注册时间", "域名注册时间"),
        ),
        Column("icp", pa.string(), Words("备案号", "ICP filing number"), aliases=("icp", "备案号", "icp备案号")),
        Column(
            "title", pa.string(), Words("网页标题", "page title"), aliases=("title", "标题", "网页标题", "网站名称")
        ),
        Column(
            "seen_by",
            pa.string(),
            Words("来源渠道", "seen by"),
            values=("list", "dns", "certificate", "crawl", "message", "report"),
            aliases=("seen_by", "来源渠道"),
            words=(
                ("名单", "list"),
                ("解析", "dns"),
                ("证书", "certificate"),
                ("爬取", "crawl"),
                ("短信", "message"),
                ("举报", "report"),
            ),
        ),
        #: What was found on the page: name of the fact -> number (detect/phishing_page.py says which it uses).
        Column("page_facts", pa.map_(pa.string(), pa.float64()), Words("网页特征", "page facts")),
    ),
)

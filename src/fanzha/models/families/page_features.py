"""Features of a web page: facts collected by a crawler, and the reputation of its domain."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from fanzha.base.words import Words
from fanzha.models.families.boosted_trees import Feature, Floats

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

_COUNT, _SHARE, _PERCENT, _YES = "count", "share 0-1", "per cent", "0 or 1"

#: Facts collected by a crawler, named and defined as in Hannousse and Yahiouche (2021).
PAGE_FACTS: tuple[Feature, ...] = (
    Feature("nb_redirection", Words("跳转次数", "redirections"), _COUNT),
    Feature("nb_external_redirection", Words("跳往外站次数", "redirections to other sites"), _COUNT),
    Feature("nb_hyperlinks", Words("超链接数", "links on the page"), _COUNT),
    Feature("ratio_intHyperlinks", Words("站内链接占比", "share of links inside the site"), _SHARE),
    Feature("ratio_extHyperlinks", Words("站外链接占比", "share of links to other sites"), _SHARE),
    Feature("nb_extCSS", Words("外站样式表数", "style sheets of other sites"), _COUNT),
    Feature("ratio_extRedirection", Words("站外链接跳转占比", "share of outward links that redirect"), _SHARE),
    Feature("ratio_extErrors", Words("站外链接出错占比", "share of outward links that fail"), _SHARE),
    Feature("login_form", Words("表单提交到空或外站", "a form that goes nowhere or to another site"), _YES),
    Feature("external_favicon", Words("图标来自外站", "icon of another site"), _YES),
    Feature("links_in_tags", Words("标签内站内链接百分比", "links inside the site in tags"), _PERCENT),
    Feature("ratio_intMedia", Words("站内媒体百分比", "media of the site itself"), _PERCENT),
    Feature("ratio_extMedia", Words("站外媒体百分比", "media of other sites"), _PERCENT),
    Feature("iframe", Words("隐形内嵌页", "an invisible frame"), _YES),
    Feature("popup_window", Words("弹窗", "a pop-up window"), _YES),
    Feature("safe_anchor", Words("无效锚点百分比", "anchors that lead nowhere"), _PERCENT),
    Feature("onmouseover", Words("改写状态栏", "the status bar is rewritten"), _YES),
    Feature("right_clic", Words("禁用右键", "the right button is disabled"), _YES),
    Feature("empty_title", Words("标题为空", "no title"), _YES),
    Feature("domain_in_title", Words("标题不含域名", "the title lacks the domain"), _YES),
    Feature("domain_with_copyright", Words("版权声明含域名", "the domain in the copyright notice"), _YES),
)

#: Reputation of the domain, which takes look-ups (WHOIS, DNS, rankings, a search engine).
REPUTATION: tuple[Feature, ...] = (
    Feature("whois_registered_domain", Words("WHOIS 查不到域名", "the domain is not in WHOIS"), _YES),
    Feature("domain_registration_length", Words("域名剩余注册期", "registration left to run"), "days"),
    Feature("domain_age", Words("域名年龄", "age of the domain"), "days"),
    Feature("web_traffic", Words("访问量排名", "traffic rank"), "rank"),
    Feature("dns_record", Words("无 DNS 记录", "no DNS record"), _YES),
    Feature("google_index", Words("未被搜索引擎收录", "not indexed by the search engine"), _YES),
    Feature("page_rank", Words("网页权重", "page rank"), "0 to 10"),
    Feature("statistical_report", Words("主机或地址在黑名单", "host or address on a block list"), _COUNT),
)


def read_features(table: pa.Table, features: Sequence[Feature]) -> Floats:
    """Return rows × features, NaN where missing, from columns of these names or else the map `page_facts`."""
    values = np.full((table.num_rows, len(features)), np.nan)
    for index, feature in enumerate(features):
        if feature.name in table.column_names:
            values[:, index] = _floats(table[feature.name])
        elif "page_facts" in table.column_names and table.num_rows:
            values[:, index] = _floats(pc.map_lookup(table["page_facts"], feature.name, "last"))
    values[np.isinf(values)] = np.nan
    return values


def _floats(column: Any) -> Floats:
    values: Floats = column.cast(pa.float64()).to_numpy()
    return values

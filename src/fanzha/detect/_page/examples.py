"""Fictitious pages: a copied login page with and without reputation data, a shop's own login page, a bare host."""

from collections.abc import Mapping

from fanzha.base.words import Words
from fanzha.detect import Example

#: Two links, no copyright line, no title, nothing loaded from the site itself.
_COPIED: Mapping[str, float] = {
    "nb_redirection": 1,
    "nb_external_redirection": 0,
    "nb_hyperlinks": 2,
    "ratio_intHyperlinks": 0,
    "ratio_extHyperlinks": 0,
    "nb_extCSS": 0,
    "ratio_extRedirection": 0,
    "ratio_extErrors": 0,
    "login_form": 0,
    "external_favicon": 0,
    "links_in_tags": 0,
    "ratio_intMedia": 0,
    "ratio_extMedia": 0,
    "iframe": 0,
    "popup_window": 0,
    "safe_anchor": 0,
    "onmouseover": 0,
    "right_clic": 0,
    "empty_title": 1,
    "domain_in_title": 1,
    "domain_with_copyright": 0,
}

_UNKNOWN_DOMAIN: Mapping[str, float] = {
    "whois_registered_domain": 0,
    "domain_registration_length": 40,
    "domain_age": 12,
    "web_traffic": 0,
    "dns_record": 0,
    "google_index": 1,
    "page_rank": 0,
    "statistical_report": 0,
}

#: A shop: eighty links, its own media, its name in title and copyright line.
_SHOP: Mapping[str, float] = {
    "nb_redirection": 0,
    "nb_external_redirection": 0,
    "nb_hyperlinks": 83,
    "ratio_intHyperlinks": 0.86,
    "ratio_extHyperlinks": 0.14,
    "nb_extCSS": 0,
    "ratio_extRedirection": 0.1,
    "ratio_extErrors": 0,
    "login_form": 0,
    "external_favicon": 0,
    "links_in_tags": 78,
    "ratio_intMedia": 92,
    "ratio_extMedia": 8,
    "iframe": 0,
    "popup_window": 0,
    "safe_anchor": 31,
    "onmouseover": 0,
    "right_clic": 0,
    "empty_title": 0,
    "domain_in_title": 0,
    "domain_with_copyright": 1,
}

_KNOWN_DOMAIN: Mapping[str, float] = {
    "whois_registered_domain": 0,
    "domain_registration_length": 410,
    "domain_age": 5_300,
    "web_traffic": 21_000,
    "dns_record": 0,
    "google_index": 0,
    "page_rank": 4,
    "statistical_report": 0,
}

_PHISH = "http://secure-login.account-verify.example-pay-update.test/wp-content/confirm/login.php?id=8f3a91c02b7d4e55"
_SHOP_URL = "https://www.huaxianzi-shop.example/account/login"

EXAMPLES: tuple[Example, ...] = (
    Example(
        title=Words(
            "新域名上的登录页：链接极少、无标题、未被收录",
            "a log-in page on a new domain: hardly a link, no title, not indexed",
        ),
        table="site_seen",
        rows=(
            {
                "host": "secure-login.account-verify.example-pay-update.test",
                "url": _PHISH,
                "page_facts": {**_COPIED, **_UNKNOWN_DOMAIN},
            },
        ),
        finds=(
            {
                "subject_kind": "website",
                "subject": "secure-login.account-verify.example-pay-update.test",
                "fraud_type": "phishing",
                "score": 0.95,
            },
        ),
    ),
    Example(
        title=Words("同一页面，未取得外部信誉数据", "the same page, nothing known of the domain's reputation"),
        table="site_seen",
        rows=({"host": "secure-login.account-verify.example-pay-update.test", "url": _PHISH, "page_facts": _COPIED},),
        finds=({"fraud_type": "phishing", "score": 0.99},),
    ),
    Example(
        title=Words("正规商城的登录页", "the log-in page of a real shop"),
        table="site_seen",
        rows=(
            {"host": "www.huaxianzi-shop.example", "url": _SHOP_URL, "page_facts": {**_SHOP, **_KNOWN_DOMAIN}},
            {"host": "www.huaxianzi-shop.example", "url": _SHOP_URL, "page_facts": _SHOP},
        ),
    ),
    Example(
        title=Words("只有域名、没有页面事实：不判断", "a name alone without page facts: not judged"),
        table="site_seen",
        rows=({"host": "example-pay-update.test", "url": _PHISH}, {"host": "example-pay-update.test"}),
    ),
)

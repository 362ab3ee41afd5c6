"""Facts of a page as the phishing-page detector needs them, defined as in Hannousse and Yahiouche (2021).

Links of the page are not followed. The shares of outward links that redirect or fail are taken over what the page
itself loaded from other sites.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from fanzha.collect.pages.page_inventory import InputGroup, PageInventory
from fanzha.store.look_record import PageForm, PageRequest, Redirect

_NOWHERE = {"", "#", "#nothing", "#doesnotexist", "#null", "#void", "#whatever", "#content", "javascript::void(0)",
            "javascript::void(0);", "javascript::;", "javascript", "javascript:void(0)", "javascript:;"}  # fmt: skip
#: What inputs ask for, by the words about them. A password, a whole card and an identity number are secrets.
_ASKS: Mapping[str, re.Pattern[str]] = {
    "card": re.compile(
        r"card.?(?:no|num)|cc-?(?:number|csc|exp)|cvv|cvc|银行卡|信用卡|储蓄卡|卡号|安全码|有效期", re.I
    ),
    "id_number": re.compile(r"id.?card|id.?(?:no|num)\b|identity|passport|身份证|证件号|ssn\b|social security", re.I),
    "sms_code": re.compile(r"sms|one-time-code|\botp\b|verif\w*.?code|验证码|校验码|动态码|短信码", re.I),
    "pin": re.compile(r"\bpin\b|支付密码|取款密码|交易密码|pay.?pass", re.I),
    "phone": re.compile(r"\btel\b|phone|mobile|手机|电话", re.I),
    "name": re.compile(r"full.?name|real.?name|\bcc-name\b|姓名|持卡人|户名", re.I),
    "wallet": re.compile(r"seed phrase|mnemonic|private key|助记词|私钥", re.I),
}
#: Form fields for secrets.
SECRETS = frozenset({"password", "card", "id_number", "sms_code", "pin", "wallet"})
_TRACKER = re.compile(
    r"hm\.baidu\.com/hm\.js\?([0-9a-f]{32})|\b(UA-\d{4,10}-\d{1,3}|G-[A-Z0-9]{8,12}|GTM-[A-Z0-9]{5,9})\b"
    r"|cnzz\.com/\S{0,80}?[?&]id=(\d{6,12})|51\.la/\S{0,60}?(?:id=|/)(\d{6,12})"
)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def registered_domain(host: str) -> str:
    """Return the name that somebody registered, the host itself if there is none (an address, a suffix)."""
    if host.replace(".", "").isdigit() or ":" in host:
        return host
    return _suffixes().privatesuffix(host.lower().rstrip(".")) or host.lower()


def build_page_facts(
    page: PageInventory, requests: Iterable[PageRequest], redirects: Iterable[Redirect]
) -> dict[str, float]:
    """Return the 21 page facts by name."""
    host = urlsplit(page.url).hostname or ""
    domain = registered_domain(host)
    sides = {
        "anchors": [_side(href, domain) for href in page.anchors],
        "links": [_side(link.href, domain) for link in page.links if "icon" not in link.rel.lower()],
        "css": [_side(link.href, domain) for link in page.links if "stylesheet" in link.rel.lower()],
        "icons": [_side(link.href, domain) for link in page.links if "icon" in link.rel.lower()],
        "media": [_side(source, domain) for source in page.media],
        "scripts": [_side(source, domain) for source in page.scripts],
        "forms": ["null" if action is None else _side(action, domain) for action in page.actions],
    }
    everything = [side for group in sides.values() for side in group]
    anchors = [href for href in page.anchors if href.strip()]
    unsafe = sum("#" in href or href.lower().startswith(("javascript", "mailto")) for href in anchors)
    foreign = [each for each in requests if not _is_inside(each.url, domain) and each.type != "Document"]
    tags = [*sides["links"], *sides["scripts"]]
    hops = list(redirects)
    short = domain.split(".")[0]
    return {
        "nb_redirection": len(hops),
        "nb_external_redirection": sum(not _is_inside(hop.url, domain) for hop in hops),
        "nb_hyperlinks": len(everything),
        "ratio_intHyperlinks": _share(everything.count("inside"), len(everything)),
        "ratio_extHyperlinks": _share(everything.count("outside"), len(everything)),
        "nb_extCSS": sides["css"].count("outside"),
        "ratio_extRedirection": _share(sum(300 <= each.status < 400 for each in foreign), len(foreign)),
        "ratio_extErrors": _share(sum(each.status >= 400 or bool(each.problem) for each in foreign), len(foreign)),
        "login_form": float(_has_strange_form(page, sides["forms"])),
        "external_favicon": float("outside" in sides["icons"]),
        "links_in_tags": 100 * _share(tags.count("inside"), len(tags)),
        "ratio_intMedia": 100 * _share(sides["media"].count("inside"), len(sides["media"])),
        "ratio_extMedia": 100 * _share(sides["media"].count("outside"), len(sides["media"])),
        "iframe": float(any(frame.hidden for frame in page.frames)),
        "popup_window": float(page.marks.popup),
        "safe_anchor": 100 * _share(unsafe, len(anchors)),
        "onmouseover": float(page.marks.mouseover),
        "right_clic": float(page.marks.rightclick),
        "empty_title": float(not page.title.strip()),
        "domain_in_title": float(short not in page.title.lower()),
        "domain_with_copyright": float(bool(page.marks.copyright) and short not in page.marks.copyright.lower()),
    }


def find_forms(page: PageInventory) -> tuple[PageForm, ...]:
    """Return the forms with visible inputs and what they ask for."""
    forms = (PageForm(group.action, group.method, find_asks(group)) for group in page.forms)
    return tuple(form for form in forms if form.asks)


def find_asks(group: InputGroup) -> tuple[str, ...]:
    """Return what the visible inputs of a form ask for, in alphabetical order."""
    asks: set[str] = set()
    for field in group.inputs:
        if field.hidden or field.type in ("checkbox", "radio", "search"):
            continue
        found = {name for name, pattern in _ASKS.items() if pattern.search(field.words)}
        if field.type == "password" and not found & {"pin", "sms_code", "card"}:
            found.add("password")
        if field.type == "tel" and not found:
            found.add("phone")
        asks |= found
    return tuple(sorted(asks))


def find_trackers(text: str) -> tuple[str, ...]:
    """Return the ids of analytics services in the source of a page: pages of one owner often have the same."""
    return tuple(sorted({next(filter(None, match.groups())) for match in _TRACKER.finditer(text)}))[:20]


def _has_strange_form(page: PageInventory, sides: list[str]) -> bool:
    pages = any(re.match(r"[A-Za-z0-9_]+\.php\b", action or "") for action in page.actions)
    return pages or "outside" in sides or "null" in sides


def _side(href: str, domain: str) -> str:
    """Return whether a link goes inside or outside of a domain, or nowhere ("null")."""
    text = href.strip()
    if text.lower() in _NOWHERE:
        return "null"
    return "inside" if _is_inside(text, domain) else "outside"


def _is_inside(href: str, domain: str) -> bool:
    try:
        host = urlsplit(href).hostname
    except ValueError:
        return False
    return host is None or registered_domain(host) == domain


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0

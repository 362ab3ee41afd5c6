"""Websites: registrable domain, visual form and link target."""

from collections.abc import Mapping

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import ExchangeName, Fact, SubjectKind
from fanzha.kinds.web.ip_addresses import address_terms
from fanzha.kinds.web.links import Link, find_links
from fanzha.kinds.web.public_suffixes import SplitHost, split_host
from fanzha.kinds.web.unicode_names import fold_confusables, fold_traditional, scripts, skeleton, unicode_host
from fanzha.kinds.web.urls import Location, locate

__all__ = [
    "KIND",
    "Link",
    "Location",
    "find_links",
    "is_address",
    "fold_confusables",
    "locate",
    "registrable",
    "fold_traditional",
    "skeleton",
    "split_host",
    "unicode_host",
]

YES, NO = Words("是", "yes"), Words("否", "no")


def is_address(host: str) -> bool:
    """Return whether a canonical host is an IP address."""
    return ":" in host or host.rpartition(".")[2].isdigit()


def registrable(host: str) -> str:
    """Return the registered domain, or the tenant's name under a hosting suffix.

    An IP address is unchanged; "" if the host is itself a public suffix.
    """
    return host if is_address(host) else split_host(host).registrable


class Website(SubjectKind):
    """A website by its host; a URL is reduced to its host."""

    name = "website"
    title = Words("网站", "website")
    stix = "domain-name"
    misp = "domain"
    misp_names = (ExchangeName("domain"), ExchangeName("hostname"), ExchangeName("url"))

    def normalise(self, raw: str) -> str:
        """Return the canonical host of a URL or name: ASCII, lower case; IP addresses in standard notation."""
        return locate(raw).host

    def stix_terms(self, value: str) -> Mapping[str, str]:
        """Return a website without a name as the address that it is."""
        return address_terms(value) if is_address(value) else super().stix_terms(value)

    def read_stix_terms(self, terms: Mapping[str, str]) -> str:
        """Return the host of a URL, too; addresses are hosts."""
        return terms["url:value"] if terms.keys() == {"url:value"} else super().read_stix_terms(terms)

    def mask(self, value: str) -> str:
        """Hide all but the first character of each label above the suffix."""
        if is_address(value):
            return f"{value[:3]}***"
        suffix = split_host(value).suffix
        before = value.removesuffix(suffix).rstrip(".")
        return ".".join([*(f"{label[0]}***" for label in before.split(".") if label), suffix])

    def resembles(self, raw: str) -> float:
        """Score by format: certain with a scheme, high with a known suffix."""
        try:
            location = locate(raw)
        except Malformed:
            return 0.0
        if location.scheme in ("http", "https"):
            return 1.0
        if is_address(location.host):
            return 0.4 if "." in raw or ":" in raw else 0.02
        return 0.9 if split_host(location.host).is_listed else 0.2

    def describe(self, value: str) -> list[Fact]:
        """Return registrable domain, suffix and its owner, Unicode form, skeleton and mixed scripts."""
        if is_address(value):
            return [Fact("is_address", Words("直接使用IP地址", "bare IP address"), True, YES)]
        return [*_ownership(split_host(value)), *_looks(value)]


def _ownership(cut: SplitHost) -> list[Fact]:
    title = Words("注册域名", "registrable domain")
    none = Words("无（本身是公共后缀）", "none (it is a public suffix)")
    hosting = Words("托管平台的公共后缀，不可整体处置", "suffix of a hosting service: never act on it as a whole")
    return [
        Fact("registrable", title, cut.registrable, Words(*[cut.registrable] * 2) if cut.registrable else none),
        Fact("suffix", Words("公共后缀", "public suffix"), cut.suffix, Words(cut.suffix, cut.suffix)),
        Fact("suffix_is_hosting", Words("托管后缀", "hosting suffix"), cut.private, hosting if cut.private else NO),
    ]


def _looks(value: str) -> list[Fact]:
    displayed = unicode_host(value)
    facts = [Fact("skeleton", Words("视觉骨架", "looks like"), skeleton(displayed), Words(*[skeleton(displayed)] * 2))]
    if displayed == value:
        return facts
    found = scripts(displayed)
    listed = ", ".join(sorted(found))
    return [
        Fact("unicode", Words("国际化域名", "international name"), displayed, Words(displayed, displayed)),
        Fact("scripts", Words("文字种类", "scripts"), listed, Words(listed, listed)),
        *facts,
    ]


KIND = Website()

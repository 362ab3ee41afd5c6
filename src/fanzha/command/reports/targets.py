"""What can be reported: categories and kinds of target, and the canonical value of what somebody typed."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fanzha.base.errors import Malformed
from fanzha.command.reports.text_values import FoundValue, find_values
from fanzha.command.subjects.selectors import mask_value
from fanzha.command.subjects.services import canonicalize
from fanzha.kinds.website import Location, find_links, registrable
from fanzha.store.brands import load_brand_table
from fanzha.store.screen_lists import load_protected_numbers

UNKNOWN = "unknown"
#: Other numbers and links of a text that the receipt offers to report, too.
MOST_OTHERS = 5
#: The kinds of `fanzha.kinds` by the kinds of target of the process `public_report`.
SUBJECT_KINDS = {
    "number": "phone_number",
    "sender": "short_code",
    "site": "website",
    "app": "app",
    "account": "account",
    "payment": "payment_account",
    "card": "sim_card",
}


class Category(NamedTuple):
    """A category of reports: its title, the question for what is reported, a hint, and the kinds it may be."""

    title: Promise
    question: Promise
    hint: Promise
    kinds: tuple[str, ...]
    is_number: bool = False  # a phone shows its keypad


CATEGORIES: dict[str, Category] = {
    "call": Category(
        _("A phone call"),
        _("Which number called you?"),
        _("As your phone shows it. Leave it empty if no number was shown."),
        ("number", "sender"),
        True,
    ),
    "text": Category(
        _("A text message"),
        _("Who sent the text?"),
        _("The number of the sender. A link in the text belongs on the next page."),
        ("sender", "number"),
        True,
    ),
    "link": Category(
        _("A website or link"),
        _("What is the address of the website?"),
        _("Copy the link. Do not open it again."),
        ("site",),
    ),
    "app": Category(
        _("An app"),
        _("What is the app called, or where did you download it?"),
        _("The package name, or the link to download it."),
        ("app", "site"),
    ),
    "account": Category(
        _("An account in WeChat, QQ or another app"),
        _("Which account was it?"),
        _("App and account, such as WeChat: abc123 or QQ: 12345."),
        ("account",),
    ),
    "payment": Category(
        _("An account that asked for money"),
        _("Which bank card or payment account was it?"),
        _("The card number or account that you were told to pay to."),
        ("payment", "account"),
    ),
    "iot": Category(
        _("An IoT card or device"),
        _("What is the number of the card or device?"),
        _("The number, ICCID or IMSI that is printed on it."),
        ("card", "number"),
    ),
}


class ReportedThing(NamedTuple):
    """What is reported: kind of target (`unknown` if it was not understood), kind of subject and canonical value."""

    target_kind: str
    subject_kind: str = ""
    value: str = ""


class OtherThing(NamedTuple):
    """Something else that a text names, which is reported by itself: the category, the value, and how it is shown."""

    category: str
    value: str
    shown: str


def find_others(reported: str, text: str) -> list[OtherThing]:
    """Return the numbers and links of a text but the one that was `reported` (canonical), each once, a few at most.

    A text of a swindler names genuine service numbers and sites of brands, too: they are not offered.
    """
    found = [thing for thing in find_values(text) if thing.value != reported]
    genuine = _find_genuine(found) if found else set()
    found = [thing for thing in found if thing not in genuine][:MOST_OTHERS]
    return [
        OtherThing("link", thing.value, thing.value)  # the text next to it shows it, too
        if thing.kind == "website"
        else OtherThing("call", thing.value, mask_value(thing.kind, thing.value))
        for thing in found
    ]


def _find_genuine(found: list[FoundValue]) -> set[FoundValue]:
    """Return the protected numbers, and the sites of brands, among what was found."""
    numbers = {entry.number.lstrip("0") for entry in load_protected_numbers()}
    domains = {domain for brand in load_brand_table().brands for domain in brand.domains}
    return {
        thing
        for thing in found
        if (
            not domains.isdisjoint((thing.value, registrable(thing.value)))
            if thing.kind == "website"
            else thing.value.removeprefix("+86").lstrip("0") in numbers
        )
    }


def read_link(typed: str, text: str, host: str) -> str:
    """Return the page that is reported, from what was typed or the text; "" if there is none or it is of a brand.

    `host` is the host that is reported, "" to take the first link of the text. User name, query and fragment are left
    out: they may name who was sent the link.
    """
    locations = [link.location for link in find_links(f"{typed[:2000]}\n{text}")]
    if host and host not in {location.host for location in locations}:
        locations = [Location("", host, None, "", "")]
    found = [location for location in locations if location.scheme in ("", "http", "https")]
    found = [location for location in found if not host or location.host == host]
    genuine = _find_genuine([FoundValue("website", location.host) for location in found]) if found else set()
    for location in found:
        if FoundValue("website", location.host) not in genuine:
            path = location.path_query_fragment.partition("?")[0].partition("#")[0]
            return location._replace(path_query_fragment=path, user="").url[:2000]
    return ""


def read_thing(category: str, typed: str, text: str = "") -> ReportedThing:
    """Return what somebody typed as the first kind of the category that fits; else a link in the text.

    What cannot be understood is no reason to refuse a report: it stays in the text.
    """
    for kind in CATEGORIES[category].kinds if typed.strip() else ():
        try:
            value = canonicalize(SUBJECT_KINDS[kind], typed.strip()[:2000])
        except Malformed:
            continue
        return ReportedThing(kind, value.kind, value.value)
    links = find_links(text) if not typed.strip() else []
    return ReportedThing("site", "website", links[0].location.host) if links else ReportedThing(UNKNOWN)

"""Targets that no order may hit: protected numbers and sites, allowlisted numbers, and victims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from fanzha.base.clock import from_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.brands.table import Brand
from fanzha.command.subjects.selectors import VICTIM_WORDS, find_standing_findings, find_victims
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Target
from fanzha.store.allowlist import load_allowlist_by_number
from fanzha.store.brands import load_brand_table
from fanzha.store.screen_lists import load_protected_numbers
from fanzha.store.zone_settings import load_zone_settings

if TYPE_CHECKING:
    from fanzha.command.subjects.models import FindingRow

_UNSCOPED = unscoped("victims are excluded whoever found them")

_ALLOWED = Words("本平台设置为不阻断的网站", "a site that the settings of this platform never block")
_NUMBERS = ("phone_number", "short_code")


def protected_targets(targets: Iterable[Target]) -> dict[Target, Words]:
    """Return the protected targets, which are emergency and service numbers, each with its name."""
    names = {entry.number: Words(entry.zh, entry.en) for entry in load_protected_numbers()}
    return {entry: names[entry.value] for entry in targets if entry.kind in _NUMBERS and entry.value in names}


def protected_sites(targets: Iterable[Target]) -> dict[Target, Words]:
    """Return the targets that are sites of protected brands or `allowed_names`, or above or below, with the reason."""
    sites = [target for target in targets if target.kind == "website"]
    if not sites:
        return {}
    brands = {domain: brand for brand in load_brand_table().brands for domain in brand.domains}
    above = {parent: brand for domain, brand in brands.items() for parent in _parents(domain)}
    found = {target: _find_brand(target.value, brands, above) for target in sites}
    spared = {target: _protected_words(brand) for target, brand in found.items() if brand is not None}
    return _allowed_sites(sites) | spared


def allowlisted_targets(targets: Iterable[Target], at: int) -> dict[Target, Words]:
    """Return the targets that are allowlisted at a moment (UTC ms), each with the owner of the entry."""
    allowlist, reasons = load_allowlist_by_number(), {}
    for target in targets:
        entries = allowlist.get(target.value, ()) if target.kind in _NUMBERS else ()
        active = next((entry for entry in entries if entry.holds(at)), None)
        if active is not None:
            reasons[target] = Words(f"免扰名单：{active.owner}", f"on the spared list: {active.owner}")
    return reasons


def victim_targets(targets: Iterable[Target], standing_findings: QuerySet[FindingRow]) -> dict[Target, Words]:
    """Return the targets that are only victims by all `standing_findings` on them, each with the reason."""
    targets_by_digest = {digest(target.kind, target.value): target for target in targets}
    victims = find_victims(targets_by_digest, standing_findings).only
    return {target: VICTIM_WORDS for thing, target in targets_by_digest.items() if thing in victims}


def partly_victim_targets(targets: Iterable[Target]) -> list[Target]:
    """Return the targets that are victims and something else too, by the findings of all organisations."""
    targets_by_digest = {digest(target.kind, target.value): target for target in targets}
    victims = find_victims(targets_by_digest).partly
    return [target for thing, target in targets_by_digest.items() if thing in victims]


def excluded_targets(targets: Iterable[Target], at: int, findings_until: int | None = None) -> dict[Target, Words]:
    """Return the targets that an order excludes at a moment (UTC ms), each with the reason.

    Findings of all organisations count, because no order may hit a victim; with `findings_until` (UTC ms) those that
    were received by then.
    """
    all_targets = list(targets)
    findings = find_standing_findings(_UNSCOPED).filter(
        came_in_at__lte=from_ms(at if findings_until is None else findings_until)
    )
    victims, allowlisted = victim_targets(all_targets, findings), allowlisted_targets(all_targets, at)
    return victims | allowlisted | protected_sites(all_targets) | protected_targets(all_targets)


def _find_brand(name: str, brands: Mapping[str, Brand], above: Mapping[str, Brand]) -> Brand | None:
    below = (brands[parent] for parent in (name, *_parents(name)) if parent in brands)
    return next(below, None) or above.get(name)


def _allowed_sites(sites: Iterable[Target]) -> dict[Target, Words]:
    settings = load_zone_settings()
    allowed = frozenset(settings.allowed_names if settings else ())
    above = {parent for name in allowed for parent in _parents(name)}
    return {
        target: _ALLOWED
        for target in sites
        if target.value in above or not allowed.isdisjoint((target.value, *_parents(target.value)))
    }


def _parents(name: str) -> Iterator[str]:
    while name := name.partition(".")[2]:
        yield name


def _protected_words(brand: Brand) -> Words:
    name = brand.display_name
    return Words(f"受保护品牌的网站：{name.zh}", f"a site of a protected brand: {name.en}")

"""Deliver the decisions of an order to the zone of blocked names, which resolvers load from this site.

Names of protected brands and `allowed_names` of the settings pass, even if they or a parent name are blocked.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.claims.opinion import Opinion
from fanzha.claims.policy_zone import NamePolicy
from fanzha.dispose import Target
from fanzha.dispose.response_zone import check_zone_name
from fanzha.store.brands import load_brand_table
from fanzha.store.policy_zone import NameDecision, open_zone
from fanzha.store.state_folder import state_folder
from fanzha.store.zone_settings import ZoneSettings, load_zone_settings


def require_zone_settings() -> ZoneSettings:
    """Return the settings of the zone. Raise UsageError if there are none."""
    settings = load_zone_settings()
    if settings is None:
        raise UsageError(
            f"{state_folder() / 'fanzha.toml'} has no table [resolver_zone]",
            fix="docs/how-to/block-names-at-resolvers.md shows it",
        )
    return settings


def find_unfit_targets(targets: Iterable[Target]) -> dict[Target, str]:
    """Return the targets that the zone cannot hold, each with the reason: addresses, suffixes and too long names."""
    profile, unfit = require_zone_settings().profile(), dict[Target, str]()
    for target in targets:
        try:
            check_zone_name(target.value)
            profile.encode(target.value, NamePolicy.BLOCK)
        except ValueError as problem:
            unfit[target] = str(problem)
    return unfit


def deliver_to_zone(decisions: Mapping[str, Opinion], now: datetime) -> bool:
    """Add decisions by id to the zone; return whether they are in it. The call is idempotent.

    Decisions of exercises enter no zone that is in use. Raise ValueError for a name that is not blocked because the
    settings or a brand let it pass, and for a decision without an end.
    """
    settings = require_zone_settings()
    if endless := sorted(decision.subject for decision in decisions.values() if decision.until is None):
        raise ValueError(f"{', '.join(endless)}: a block without an end enters no zone")
    names = {
        id: NameDecision(decision.subject, decision.until)
        for id, decision in decisions.items()
        if decision.until is not None and (settings.exercise or not decision.simulated)
    }
    with open_zone(settings.profile(), with_digest=settings.digest) as zone:
        if zone.last_version() is None:
            zone.allow(allowed_names(settings), to_ms(now))
        zone.add(names, to_ms(now))
        spared = sorted({entry.name for entry in names.values() if not zone.blocks(entry.name)})
    if spared:
        raise ValueError(f"{', '.join(spared)}: not blocked, because [resolver_zone] or a protected brand allows it")
    return len(names) == len(decisions)


def withdraw_from_zone(ids: Collection[str], now: datetime, *, id_prefix: str = "") -> None:
    """Withdraw decisions for ever, by their ids and by a prefix of the ids of those that are there."""
    settings = load_zone_settings()
    if settings is not None and (ids or id_prefix):
        with open_zone(settings.profile(), with_digest=settings.digest) as zone:
            zone.withdraw(ids, to_ms(now), prefix=id_prefix)


def restore_in_zone(order: str, targets: Iterable[Target], now: datetime) -> None:
    """Withdraw the decisions of all legs of an order on some targets."""
    settings = load_zone_settings()
    endings = tuple(f"/{target.kind}:{target.value}" for target in targets if target.kind == "website")
    if settings is None or not endings:
        return
    with open_zone(settings.profile(), with_digest=settings.digest) as zone:
        ids = [id for id in zone.decision_ids(f"{order}/") if id.endswith(endings)]
        zone.withdraw(ids, to_ms(now))


def refresh_zone(now: datetime) -> None:
    """End what has expired, and bring the names that pass up to date."""
    settings = load_zone_settings()
    if settings is None:
        return
    with open_zone(settings.profile(), with_digest=settings.digest) as zone:
        zone.allow(allowed_names(settings), to_ms(now))
        zone.expire(to_ms(now))


def allowed_names(settings: ZoneSettings) -> set[str]:
    """Return the names that are never blocked: those of protected brands, and those of the settings."""
    return {name for brand in load_brand_table().brands for name in brand.domains} | set(settings.allowed_names)

"""How much of the hosted sites was looked at, and who holds a site or an address."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from fanzha.base.errors import Malformed
from fanzha.command.hosting.models import AddressRange, HostedSite, SiteCheck
from fanzha.command.web.scoping import unscoped
from fanzha.kinds.website import is_address
from fanzha.store.probe_settings import load_prober_settings

_UNSCOPED = unscoped("who holds a site decides who gets the leg of an order")
_DEFAULT_HOURS = 168


class LookCoverage(NamedTuple):
    """How many active sites there are: looked at in time, due for a look, never looked at, faulty, without answer."""

    total: int
    current: int
    due: int
    never: int
    faulty: int
    gone: int

    @property
    def share(self) -> int:
        """Return the share that was looked at in time, in percent, rounded down."""
        return self.current * 100 // self.total if self.total else 0


def measure_coverage(now: datetime) -> LookCoverage:
    """Return the coverage of the sites that the viewer may read."""
    settings = load_prober_settings()
    since = now - timedelta(hours=settings.inventory_hours if settings else _DEFAULT_HOURS)
    counts = HostedSite.objects.filter(is_active=True).aggregate(
        total=Count("pk"),
        current=Count("pk", filter=Q(looked_at__gte=since)),
        due=Count("pk", filter=Q(looked_at__lt=since)),
        never=Count("pk", filter=Q(looked_at=None)),
        faulty=Count("pk", filter=Q(state=SiteCheck.FAULTY) | ~Q(faults=[])),
        gone=Count("pk", filter=Q(state=SiteCheck.GONE)),
    )
    return LookCoverage(**counts)


def address_key(address: str) -> str:
    """Return an IP address as 32 hex digits that sort. Raise Malformed."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise Malformed("not an IP address") from None
    if parsed.version == 4:
        parsed = ipaddress.IPv6Address(f"::ffff:{parsed}")
    return parsed.packed.hex()


def find_holders(targets: Iterable[tuple[str, str]], at: datetime) -> Mapping[tuple[str, str], int]:
    """Return the providers (primary keys) that hold sites and addresses (kind, value) at a moment, where it is known.

    A site is held by the only provider whose inventory has it, or that holds its address. Of an address the smallest
    range decides, and the latest of equal ones.
    """
    wanted = list(targets)
    names = {value for kind, value in wanted if kind == "website" and not is_address(value)}
    rows = _UNSCOPED.rows(HostedSite).filter(host__in=names, is_active=True).values_list("host", "owner", "address")
    owners: dict[str, set[int]] = {}
    addresses: dict[str, str] = {}
    for host, owner, address in rows:
        owners.setdefault(host, set()).add(owner)
        addresses[host] = address
    holders: dict[tuple[str, str], int] = {}
    for kind, value in wanted:
        listed = owners.get(value, set()) if kind == "website" else set()
        if len(listed) == 1:
            holders[kind, value] = next(iter(listed))
        elif (address := _address_of(kind, value, addresses)) and (holder := _find_range_holder(address, at)):
            holders[kind, value] = holder
    return holders


def _address_of(kind: str, value: str, addresses: Mapping[str, str]) -> str:
    if kind == "host":
        return "" if value.startswith("AS") else value
    return (value if is_address(value) else addresses.get(value, "")) if kind == "website" else ""


def _find_range_holder(address: str, at: datetime) -> int | None:
    try:
        key = address_key(address)
    except Malformed:
        return None
    rows = _UNSCOPED.rows(AddressRange).filter(first__lte=key, last__gte=key, valid_from__lte=at)
    valid = rows.filter(Q(valid_until=None) | Q(valid_until__gt=at))
    return valid.order_by("-first", "last", "-valid_from").values_list("provider", flat=True).first()

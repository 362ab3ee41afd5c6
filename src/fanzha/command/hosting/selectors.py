"""How much of the hosted sites was looked at, who holds a site or an address, and who registered a name."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Count, Q

from fanzha.base.errors import Malformed
from fanzha.command.hosting.models import AddressRange, HostedSite, NameRegistrar, SiteCheck
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.kinds.website import is_address, registrable
from fanzha.store.probe_settings import load_prober_settings

_UNSCOPED = unscoped("who holds a site decides who gets the leg of an order")
_DEFAULT_HOURS = 168
_KEYS_A_QUERY = 200
#: Kinds of organisations whose tables of addresses override those of providers.
ALLOCATORS = frozenset({"regulator", "centre"})


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

    The smallest range of an address that a regulator or centre loaded decides. Without one, the table of a provider
    counts unless another provider claims the address too. A site is held by the only provider whose inventory has it,
    unless a regulator or centre allocated its address to another.
    """
    wanted = list(targets)
    names = {value for kind, value in wanted if kind == "website" and not is_address(value)}
    rows = _UNSCOPED.rows(HostedSite).filter(host__in=names, is_active=True).values_list("host", "owner", "address")
    owners: dict[str, set[int]] = {}
    addresses: dict[str, set[str]] = {}
    for host, owner, address in rows:
        owners.setdefault(host, set()).add(owner)
        addresses.setdefault(host, set()).add(address)
    keys = {target: _address_keys(*target, addresses) for target in wanted}
    ranges = _find_range_holders({key for keys_of_target in keys.values() for key in keys_of_target}, at)
    holders: dict[tuple[str, str], int] = {}
    for kind, value in wanted:
        listed = owners.get(value, set()) if kind == "website" else set()
        found = {ranges[key] for key in keys[kind, value] if key in ranges}
        decided = {holder.provider for holder in found if holder.is_allocated}
        for candidates in (decided, listed if len(listed) == 1 else set(), {holder.provider for holder in found}):
            if candidates:
                if len(candidates) == 1:
                    holders[kind, value] = next(iter(candidates))
                break
    return holders


def find_registrars(hosts: Iterable[str], at: datetime) -> Mapping[str, int]:
    """Return the registrars (primary keys) of hosts at a moment, where it is known.

    A registrar can only end a name as a whole, so only hosts that are a registered name or its `www` have one. What a
    regulator or centre loaded decides, then what the only registrar says of itself.
    """
    names = {host: host.removeprefix("www.") for host in hosts if not is_address(host)}
    names = {host: name for host, name in names.items() if registrable(name) == name}
    valid = _UNSCOPED.rows(NameRegistrar).filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)
    rows = valid.filter(bulk.column_in("domain", sorted(set(names.values())), "text")).order_by("-valid_from", "pk")
    decided: dict[str, int] = {}
    claimed: dict[str, set[int]] = {}
    for domain, registrar, kind in rows.values_list("domain", "registrar", "owner__kind"):
        if kind in ALLOCATORS:
            decided.setdefault(domain, registrar)
        else:
            claimed.setdefault(domain, set()).add(registrar)
    single = {domain: next(iter(claims)) for domain, claims in claimed.items() if len(claims) == 1}
    registrars = single | decided
    return {host: registrars[name] for host, name in names.items() if name in registrars}


class _RangeHolder(NamedTuple):
    provider: int
    is_allocated: bool  # a regulator or centre says so


def _address_keys(kind: str, value: str, addresses: Mapping[str, set[str]]) -> set[str]:
    """Return the keys of the addresses of a target, as far as they are known."""
    if kind == "host" or (kind == "website" and is_address(value)):
        found = {value}
    else:
        found = addresses.get(value, set()) if kind == "website" else set()
    keys = set()
    for address in found:
        with suppress(Malformed):  # an autonomous system, or none
            keys.add(address_key(address))
    return keys


def _find_range_holders(keys: set[str], at: datetime) -> dict[str, _RangeHolder]:
    """Return the holders of addresses, by one query for each 200 of them."""
    valid = _UNSCOPED.rows(AddressRange).filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)
    wanted = sorted(keys)
    found: dict[str, _RangeHolder] = {}
    for start in range(0, len(wanted), _KEYS_A_QUERY):
        chunk = wanted[start : start + _KEYS_A_QUERY]
        rows = valid.filter(reduce(or_, (Q(first__lte=key, last__gte=key) for key in chunk)))
        ranges = list(
            rows.order_by("-first", "last", "-valid_from").values_list("first", "last", "provider", "owner__kind")
        )
        for key in chunk:
            around = [
                _RangeHolder(provider, kind in ALLOCATORS)
                for first, last, provider, kind in ranges
                if first <= key <= last
            ]
            allocated = next((holder for holder in around if holder.is_allocated), None)
            if allocated is not None:
                found[key] = allocated
            elif len(set(around)) == 1:
                found[key] = around[0]
    return found

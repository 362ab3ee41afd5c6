"""Determine the client address. Behind reverse proxies it is the one that the outermost proxy saw."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address of the client. Trust as many entries of X-Forwarded-For as there are proxies."""
    told = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one.strip()]
    proxies: int = settings.TRUSTED_PROXIES
    if 0 < proxies <= len(told) and _is_address(told[-proxies]):
        return told[-proxies]
    return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")


def address_block(request: HttpRequest) -> str:
    """Return the client's IPv4 address, or the /64 of its IPv6 address: one subscriber has a whole /64."""
    address = ipaddress.ip_address(client_address(request).partition("%")[0])
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True

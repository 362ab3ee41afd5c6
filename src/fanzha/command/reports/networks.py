"""Keyed hashes of networks and reporters: they tell equal ones apart from others and cannot be turned back."""

from fanzha.command.web.request_rates import hash_network, hash_wide_network
from fanzha.command.web.request_rates import keyed_hash as hash_by_key

_KEY = "reporters"


def hash_block(address: str) -> str:
    """Return a keyed hash of the network of an address: /24 for IPv4, /48 for IPv6. "" is a network of its own."""
    return hash_network(_KEY, address)


def hash_wide_block(address: str) -> str:
    """Return a keyed hash of the wider network of an address, as one operator has it: /16 for IPv4, /32 for IPv6."""
    return hash_wide_network(_KEY, address)


def keyed_hash(text: str) -> str:
    """Return a text under the key of reporters, as 32 hexadecimal digits."""
    return hash_by_key(_KEY, text)

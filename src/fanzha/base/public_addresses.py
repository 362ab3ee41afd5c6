"""Whether an IP address is public: globally routed unicast. Addresses that embed IPv4 count as what they embed."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address, IPv6Network

#: All IPv6 addresses that are assigned as global unicast (IANA IPv6 address space). Site-local addresses, NAT64 for
#: local use (RFC 8215) and everything unassigned lie outside.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
#: Networks for documentation and protocols that some versions of `ipaddress` call global.
_RESERVED_IPV6 = (IPv6Network("3fff::/20"), IPv6Network("2001:db8::/32"))
_RESERVED_IPV4 = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv4Network("192.88.99.0/24"))
#: Networks whose last 32 bits are an IPv4 address: compatible and mapped (RFC 4291), translated (RFC 2765), NAT64
#: (RFC 6052).
_EMBEDDING = tuple(map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
_ISATAP = (0x00005EFE, 0x02005EFE)  # bits 64 to 95 (RFC 5214)


def is_public_address(text: str) -> bool:
    """Return whether an address is public; IPv6 may have a scope. Raise ValueError if it is no address.

    Loopback, private, link-local, site-local, shared, multicast, documentation and reserved addresses are not public.
    A Teredo or ISATAP address is public if all addresses that it embeds are.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return _is_public_ipv4(address)
    if any(address in network for network in _EMBEDDING):
        return _is_public_ipv4(_last_bits(address))
    if address.sixtofour is not None:
        return _is_public_ipv4(address.sixtofour)
    if address.teredo is not None:
        return all(map(_is_public_ipv4, address.teredo))
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP and not _is_public_ipv4(_last_bits(address)):
        return False
    reserved = any(address in network for network in _RESERVED_IPV6)
    return address in _GLOBAL_UNICAST and address.is_global and not reserved


def _is_public_ipv4(address: IPv4Address) -> bool:
    reserved = any(address in network for network in _RESERVED_IPV4)
    return address.is_global and not address.is_multicast and not reserved


def _last_bits(address: IPv6Address) -> IPv4Address:
    return IPv4Address(int(address) & 0xFFFF_FFFF)

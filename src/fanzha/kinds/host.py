"""Hosts by network address: IPv4, IPv6 and the autonomous system (AS) that routes them."""

import ipaddress
import re
from collections.abc import Mapping

from fanzha.base.errors import Malformed
from fanzha.base.public_addresses import is_public_address
from fanzha.base.words import Words
from fanzha.kinds._kind import ExchangeName, Fact, SubjectKind
from fanzha.kinds.web.ip_addresses import address_terms, ip_address
from fanzha.kinds.web.urls import refang

_SYSTEM = re.compile(r"AS\s*([0-9]{1,10})", re.IGNORECASE | re.ASCII)
_REACHES = {
    True: Words("公网地址", "public address"),
    False: Words("非公网地址（内网、保留或文档用）", "not public (private, reserved or for documents)"),
}


class Host(SubjectKind):
    """An IP address, or an autonomous system as `AS4134`."""

    name = "host"
    title = Words("主机", "host")
    stix = "ipv4-addr"
    misp = "ip-dst"
    stix_names = (ExchangeName("autonomous-system:number", "AS"),)
    misp_names = (ExchangeName("AS", "AS"), ExchangeName("ip-dst"), ExchangeName("ip-src"))

    def normalise(self, raw: str) -> str:
        """Return an address in standard form (from any browser notation, also defanged), or `AS` and its number."""
        text = refang(raw.strip())[:64]
        system = _SYSTEM.fullmatch(text)
        if system:
            if not 0 < int(system[1]) < 2**32:
                raise Malformed("not an AS number: out of range")
            return f"AS{int(system[1])}"
        if len(raw) > 64:
            raise Malformed("not an address: too long")
        address = ip_address(text)
        if address is None:
            raise Malformed("not an IP address or AS number")
        return address

    def stix_terms(self, value: str) -> Mapping[str, str]:
        """Return an address by its version, and a system by its number."""
        return super().stix_terms(value) if value.startswith("AS") else address_terms(value)

    def read_stix_terms(self, terms: Mapping[str, str]) -> str:
        """Return an address of either version, too."""
        return terms["ipv6-addr:value"] if terms.keys() == {"ipv6-addr:value"} else super().read_stix_terms(terms)

    def mask(self, value: str) -> str:
        """Hide the host part of an address (IPv4 /24, IPv6 /48); an AS number is unchanged."""
        if value.startswith("AS"):
            return value
        network = self._network(value)
        return f"{network.network_address}".rsplit("." if network.version == 4 else "::", 1)[0] + (
            ".*" if network.version == 4 else "::*"
        )

    def describe(self, value: str) -> list[Fact]:
        """Return the IP version, whether the address is public, and its network."""
        if value.startswith("AS"):
            number = int(value[2:])
            private = 64_512 <= number <= 65_534 or 4_200_000_000 <= number <= 4_294_967_294
            words = Words("私用", "private use") if private else Words("公用", "public")
            return [Fact("is_public", Words("用途", "use"), not private, words)]
        address, network = ipaddress.ip_address(value), str(self._network(value))
        public = is_public_address(value)
        return [
            Fact("version", Words("版本", "version"), address.version, Words(*[f"IPv{address.version}"] * 2)),
            Fact("is_public", Words("可达范围", "reach"), public, _REACHES[public]),
            Fact("network", Words("所在网段", "network"), network, Words(network, network)),
        ]

    def resembles(self, raw: str) -> float:
        """Score by format: dotted quads and colons are certain, bare numbers unlikely."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.95 if re.search(r"\..*\..*\.|:|^\s*AS", raw, re.IGNORECASE) else 0.05

    def _network(self, value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        width = 24 if ipaddress.ip_address(value).version == 4 else 48
        return ipaddress.ip_network(f"{value}/{width}", strict=False)


KIND = Host()

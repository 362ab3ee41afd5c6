"""Where a fetch may connect: public addresses on the ports of web servers, checked after each resolution.

A name is resolved once for each connection and the connection goes to the address that was checked, so a name that
changes its address between check and use (DNS rebinding) gains nothing.
"""

from collections.abc import Mapping
from typing import NamedTuple

from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed, resolve
from fanzha.store.look_settings import LookSettings

#: How long resolving a name may take, in seconds.
RESOLVE_SECONDS = 8.0
#: An operator who maps a name allows its address.
_MAPPED = PrivateAddressPolicy(True, "hosts in [look]")


class AllowedAddress(NamedTuple):
    """An address and port to connect to."""

    address: str
    port: int


class AddressBook(NamedTuple):
    """The rules of addresses; `hosts` maps `host:port`, `host`, `*:port` or `*` to addresses, which may be private."""

    policy: PrivateAddressPolicy
    ports: frozenset[int]
    hosts: Mapping[str, str]

    def find(self, host: str, port: int, deadline: float) -> AllowedAddress:
        """Return where to connect for a host and port; it blocks while the name is resolved.

        Raise RequestFailed if the port or the address is not allowed or the name is not found, TimeoutError at the
        deadline (`time.monotonic`).
        """
        name = host.lower().rstrip(".")
        if port not in self.ports:
            raise RequestFailed(f"port {port} is not allowed")
        for key in (f"{name}:{port}", name, f"*:{port}", "*"):
            if key in self.hosts:
                mapped, _, mapped_port = self.hosts[key].rpartition(":")
                return AllowedAddress(
                    resolve(mapped.strip("[]"), int(mapped_port), _MAPPED, deadline), int(mapped_port)
                )
        return AllowedAddress(resolve(name, port, self.policy, deadline), port)


def make_address_book(settings: LookSettings) -> AddressBook:
    """Return the address book of the settings."""
    policy = PrivateAddressPolicy(settings.local_addresses, "local_addresses in [look]")
    return AddressBook(policy, frozenset(settings.ports), settings.hosts)

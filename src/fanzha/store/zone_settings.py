"""Settings of the zone that resolvers load: the table `[resolver_zone]` in `fanzha.toml` of the state folder."""

from __future__ import annotations

import base64
import ipaddress
import secrets
from pathlib import Path
from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.claims.policy_zone import ZoneProfile, encode_name
from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder

_HELP = "docs/how-to/block-names-at-resolvers.md names the fields"
_KEY_FILE = "resolver-zone.tsig"
_Socket = Annotated[str, msgspec.Meta(pattern=r"^(\[[0-9a-fA-F:.]+\]|[0-9.]+):[0-9]{1,5}$")]
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$", max_length=120)]


class ZoneSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[resolver_zone]`.

    `listen`: addresses at which resolvers request the zone. `notify`: resolvers that get a NOTIFY for each version.
    `transfer_without_key`: networks whose resolvers know no TSIG. `warning_addresses`: what blocked names resolve to,
    the server at `warning_listen` that leads plain HTTP to `warning_page`; without them blocked names do not exist.
    `allowed_names`: names never blocked, in addition to those of protected brands. `digest`: the zone carries its
    digest (ZONEMD). `exercise`: orders of exercises are carried out too. `zone_file`: every version is written as text
    too, for resolvers that load files.
    """

    name: _Name
    listen: _Socket = "127.0.0.1:5300"
    key_name: _Name = "fanzha-zone"
    notify: tuple[_Socket, ...] = ()
    transfer_without_key: tuple[str, ...] = ()
    warning_addresses: tuple[str, ...] = ()
    warning_listen: _Socket | None = None
    warning_page: Annotated[str, msgspec.Meta(pattern=r"^(https?://[!-~]+)?$")] = ""
    allowed_names: tuple[_Name, ...] = ()
    ttl_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 60
    digest: bool = True
    exercise: bool = False
    zone_file: str = ""

    def profile(self) -> ZoneProfile:
        """Return what all records of the zone share."""
        return ZoneProfile(self.name, self.warning_addresses, self.ttl_seconds)

    def may_transfer_without_key(self, address: str) -> bool:
        """Return whether a resolver may load the zone without a key."""
        parsed = ipaddress.ip_address(address)
        return any(parsed in ipaddress.ip_network(network) for network in self.transfer_without_key)


def load_zone_settings(folder: Path | None = None) -> ZoneSettings | None:
    """Return the settings, None without the table. Raise UsageError with file and key if they are invalid."""
    path = (folder or state_folder()) / "fanzha.toml"
    table = read_toml_table(path, "resolver_zone")
    if not table:
        return None
    try:
        settings = msgspec.convert(table, ZoneSettings)
        encode_name(settings.name)
        for network in settings.transfer_without_key:
            ipaddress.ip_network(network)
        for address in settings.warning_addresses:
            ipaddress.ip_address(address)
        if bool(settings.warning_listen) != bool(settings.warning_page):
            raise ValueError("warning_listen and warning_page belong together")
    except ValueError as error:  # msgspec.ValidationError is one
        raise UsageError(f"{path}, [resolver_zone]: {error}", fix=_HELP) from None
    return settings


def load_zone_key(folder: Path | None = None) -> bytes:
    """Return the secret by which transfers are signed (TSIG, HMAC-SHA256); make it at the first use.

    It is stored in `keys/resolver-zone.tsig` in base64. Raise UsageError if others may read it or if it is damaged.
    """
    path = (folder or state_folder()) / "keys" / _KEY_FILE
    if not path.exists():
        write_private_file(path, base64.b64encode(secrets.token_bytes(32)) + b"\n")
    if path.stat().st_mode & 0o077:
        raise UsageError(f"{path} can be read by others", fix=f"chmod 600 {path}")
    try:
        secret = base64.b64decode(path.read_bytes().strip(), validate=True)
    except ValueError:
        secret = b""
    if len(secret) < 32:
        raise UsageError(f"{path} holds no key of 32 bytes in base64", fix="remove it; a new one is made at the start")
    return secret

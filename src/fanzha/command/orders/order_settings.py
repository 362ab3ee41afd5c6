"""Settings of orders: `[orders]` in `fanzha.toml` of the state folder."""

import tomllib
from typing import Any

import msgspec

from fanzha.base.errors import UsageError
from fanzha.store.state_folder import state_folder


class OrderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[orders]`.

    `local_addresses`: requests may go into private networks and to this machine. `warning_hosts`: where an ISP leads
    people who open a blocked site.
    """

    local_addresses: bool = False
    warning_hosts: tuple[str, ...] = ()


def load_order_settings() -> OrderSettings:
    """Load the settings. Raise UsageError naming file and key."""
    path = state_folder() / "fanzha.toml"
    if not path.is_file():
        return OrderSettings()
    try:
        table: Any = tomllib.loads(path.read_text("utf-8-sig")).get("orders", {})
        return msgspec.convert(table, OrderSettings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}, [orders]: {error}", fix="docs/how-to/order.md names the fields") from None

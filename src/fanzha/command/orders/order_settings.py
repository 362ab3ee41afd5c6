"""Settings of orders: `[orders]` in `fanzha.toml` of the state folder."""

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class OrderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[orders]`.

    `local_addresses`: requests may go into private networks and to this machine. `warning_hosts`: where an ISP leads
    people who open a blocked site.
    """

    local_addresses: bool = False
    warning_hosts: tuple[str, ...] = ()


def load_order_settings() -> OrderSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    table = read_toml_table(path, "orders")
    try:
        return msgspec.convert(table, OrderSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [orders]: {error}", fix="docs/how-to/order.md names the fields") from None

"""Settings of the exchange: `[exchange]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class ExchangeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[exchange]`: objects of one page of TAXII, objects and bytes of one request that adds some.

    `private_addresses`: whether feeds may be fetched from addresses within a network.
    """

    page_objects: Annotated[int, msgspec.Meta(ge=10, le=10_000)] = 2_000
    added_objects: Annotated[int, msgspec.Meta(ge=1, le=50_000)] = 5_000
    private_addresses: bool = False


def load_exchange_settings() -> ExchangeSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "exchange"), ExchangeSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [exchange]: {error}", fix="see docs/reference/site-settings.md") from None

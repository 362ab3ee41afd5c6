"""Settings of webhooks: `[webhooks]` in `fanzha.toml` of the state folder."""

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class WebhookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[webhooks]`. `private_addresses` allows subscribers within the operator's networks."""

    private_addresses: bool = False


def load_webhook_settings() -> WebhookSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    table = read_toml_table(path, "webhooks")
    try:
        return msgspec.convert(table, WebhookSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [webhooks]: {error}", fix="docs/how-to/webhooks.md names the fields") from None

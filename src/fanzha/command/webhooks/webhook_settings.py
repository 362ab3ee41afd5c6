"""Settings of webhooks: `[webhooks]` in `fanzha.toml` of the state folder."""

import tomllib
from typing import Any

import msgspec

from fanzha.base.errors import UsageError
from fanzha.store.state_folder import state_folder


class WebhookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[webhooks]`. `private_addresses` allows subscribers within the operator's networks."""

    private_addresses: bool = False


def webhook_settings() -> WebhookSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    if not path.is_file():
        return WebhookSettings()
    try:
        table: Any = tomllib.loads(path.read_text("utf-8-sig")).get("webhooks", {})
        return msgspec.convert(table, WebhookSettings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}, [webhooks]: {error}", fix="docs/how-to/webhooks.md names the fields") from None

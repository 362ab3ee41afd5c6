"""What an operator says of webhooks: `[webhooks]` in `fanzha.toml` of the state folder."""

import tomllib
from typing import Any

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.store.state_folder import state_folder


class WebhookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[webhooks]`. `private_addresses`: subscribers may be within the operator's own networks."""

    private_addresses: bool = False


def webhook_settings() -> WebhookSettings:
    """Return the settings; raises WrongCall naming file and key."""
    path = state_folder() / "fanzha.toml"
    if not path.is_file():
        return WebhookSettings()
    try:
        told: Any = tomllib.loads(path.read_text("utf-8-sig")).get("webhooks", {})
        return msgspec.convert(told, WebhookSettings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise WrongCall(f"{path}, [webhooks]: {error}", fix="docs/how-to/webhooks.md names the fields") from None

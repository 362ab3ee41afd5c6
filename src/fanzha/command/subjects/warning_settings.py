"""Settings of warnings to victims: `[warn]` in `fanzha.toml` of the state folder, which names the SMS gateway."""

from typing import Annotated, Literal

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder
from fanzha.warn import Gateway


class WarningSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[warn]`; without a url nothing is sent.

    `password_file` is a file of mode 600 in `keys/`. With `local_addresses` the gateway may be in a private network or
    on this machine.

    `automatic` names the findings after which a person is warned automatically: a fraud type or a detector, or one of
    them with the least urgency (`fake_loan/high`); "any" is every fraud type. Empty: none.
    `automatic_minutes` is how old the fact of a finding may be. Records that come as files are older.
    """

    url: str = ""
    username: str = ""
    password_file: str = ""
    sender: Annotated[str, msgspec.Meta(pattern="^([+0-9A-Za-z]{1,20})?$")] = ""
    local_addresses: bool = False
    automatic: tuple[Annotated[str, msgspec.Meta(pattern="^[a-z0-9_-]{1,80}(/(high|medium|low))?$")], ...] = ()
    automatic_channels: tuple[Literal["text", "flash_sms", "voice", "app"], ...] = ("text",)
    automatic_minutes: Annotated[int, msgspec.Meta(ge=1, le=1_440)] = 5
    automatic_per_hour: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 200


def load_warning_settings() -> WarningSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "warn"), WarningSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [warn]: {error}", fix="docs/how-to/warn-a-victim.md names the fields") from None


def load_gateway(settings: WarningSettings) -> Gateway:
    """Return the gateway with its password. Raise UsageError if the file is missing or others may read it."""
    path = state_folder() / "keys" / settings.password_file
    if not settings.password_file or not path.is_file():
        raise UsageError(f"{path} is not there", fix="[warn] password_file names a file in keys/, mode 600")
    if path.stat().st_mode & 0o077:
        raise UsageError(f"{path} can be read by others", fix=f"chmod 600 {path}")
    return Gateway(settings.url, settings.username, path.read_text("utf-8").strip(), settings.sender)

"""Settings of number signals: `[number_signals]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.appeal_contact import load_appeal_contact
from fanzha.store.state_folder import state_folder


class SignalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[number_signals]`.

    `monitored_days` is the greatest age of disclosed changes of SIM and device (0: no limit). `appeal` says where a
    person appeals against an indicator, by default as `[appeals]` does: without either no indicator is given.
    `client_certificates` states that the proxy in front checks client certificates and sets `Client-Cert` (RFC 9440),
    overwriting what a client sent.
    """

    monitored_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 0
    appeal: Annotated[str, msgspec.Meta(max_length=400)] = ""
    client_certificates: bool = False


def load_signal_settings() -> SignalSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        settings = msgspec.convert(read_toml_table(path, "number_signals"), SignalSettings)
        return settings if settings.appeal else msgspec.structs.replace(settings, appeal=load_appeal_contact().text)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [number_signals]: {error}", fix="see docs/reference/site-settings.md") from None

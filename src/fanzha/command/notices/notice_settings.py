"""Settings of notices: `[notices]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.appeal_contact import load_appeal_contact
from fanzha.store.state_folder import state_folder

Hours = Annotated[int, msgspec.Meta(ge=1, le=720)]


class NoticeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[notices]`.

    `hotline` is the number that a limited person may always call, by default that of `[appeals]`; texts and pages show
    it. `text_hours`, `desk_hours` and `letter_hours` are how long a text, a shop or the hotline, and a letter have to
    prove the delivery before the next route is tried. `receipt_address` is the address of this site for delivery
    receipts of the SMS gateway, such as `http://127.0.0.1:8000`; without it no text proves a delivery.
    """

    hotline: Annotated[str, msgspec.Meta(pattern="^[0-9-]{0,20}$")] = ""
    text_hours: Hours = 24
    desk_hours: Hours = 72
    letter_hours: Hours = 240
    receipt_address: Annotated[str, msgspec.Meta(pattern="^(https?://[^/?#@]+)?$")] = ""


def load_notice_settings() -> NoticeSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        settings = msgspec.convert(read_toml_table(path, "notices"), NoticeSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [notices]: {error}", fix="see docs/how-to/notices-and-appeals.md") from None
    return settings if settings.hotline else msgspec.structs.replace(settings, hotline=load_appeal_contact().hotline)

"""Settings of calls from abroad that subscribers refuse: `[overseas_calls]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class OverseasSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[overseas_calls]`.

    `most_exceptions` is how many foreign numbers a subscriber may let through, 0 where the operator offers none. The
    keywords are the texts by which a subscriber asks by SMS, compared without spaces and case.
    """

    most_exceptions: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    refuse_keywords: tuple[str, ...] = ("拒接境外", "JJJW")
    announce_keywords: tuple[str, ...] = ("提示境外", "TSJW")
    end_keywords: tuple[str, ...] = ("取消境外", "QXJW")


def load_overseas_settings() -> OverseasSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "overseas_calls"), OverseasSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [overseas_calls]: {error}", fix="see docs/how-to/refuse-overseas-calls.md") from None

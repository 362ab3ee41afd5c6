"""Settings of bulletins: `[bulletins]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class BulletinSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[bulletins]`.

    `owners` are the regulators and centres (refs or names) whose monthly bulletin the site drafts by itself; people
    draft the others on the page. `day` is the day of the next month on which it is drafted.
    """

    owners: tuple[str, ...] = ()
    day: Annotated[int, msgspec.Meta(ge=1, le=28)] = 3


def load_bulletin_settings() -> BulletinSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "bulletins"), BulletinSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [bulletins]: {error}", fix="see docs/how-to/publish-bulletins.md") from None

"""What an operator says of exports: `[exports]` in `fanzha.toml` of the state folder."""

import tomllib
from typing import Annotated, Any

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.store.state_folder import state_folder

_Rows = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_Values = Annotated[int, msgspec.Meta(ge=0, le=500)]


class ExportSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[exports]`: what one person takes out alone; more than that waits for a second person.

    `rows` are masked rows of a table (whole values always wait), `personal_values` those of an evidence pack: the steps
    of a process, not a list of people.
    """

    rows: _Rows = 1_000
    personal_values: _Values = 50


def export_settings() -> ExportSettings:
    """Return the settings; raises WrongCall naming file and key."""
    path = state_folder() / "fanzha.toml"
    if not path.is_file():
        return ExportSettings()
    try:
        told: Any = tomllib.loads(path.read_text("utf-8-sig")).get("exports", {})
        return msgspec.convert(told, ExportSettings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise WrongCall(f"{path}, [exports]: {error}", fix="docs/reference/site-settings.md names the fields") from None

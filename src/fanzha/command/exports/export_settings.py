"""Settings of exports: `[exports]` in `fanzha.toml` of the state folder."""

import tomllib
from typing import Annotated, Any

import msgspec

from fanzha.base.errors import UsageError
from fanzha.store.state_folder import state_folder

_Rows = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_Values = Annotated[int, msgspec.Meta(ge=0, le=500)]


class ExportSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[exports]`: how much one person may export without approval.

    `rows` limits masked rows of a table (unmasked exports always need approval), `personal_values` those of an evidence
    pack.
    """

    rows: _Rows = 1_000
    personal_values: _Values = 50


def export_settings() -> ExportSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    if not path.is_file():
        return ExportSettings()
    try:
        table: Any = tomllib.loads(path.read_text("utf-8-sig")).get("exports", {})
        return msgspec.convert(table, ExportSettings)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{path}, [exports]: {error}", fix="see docs/reference/site-settings.md") from None

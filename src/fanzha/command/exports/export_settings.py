"""Settings of exports: `[exports]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
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


def load_export_settings() -> ExportSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    table = read_toml_table(path, "exports")
    try:
        return msgspec.convert(table, ExportSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [exports]: {error}", fix="see docs/reference/site-settings.md") from None

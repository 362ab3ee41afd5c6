"""Settings of public reports: `[reports]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class ReportSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[reports]`.

    `call_back_share` is the share of answered reports whose reporters are called back by somebody else, 0-1.
    """

    call_back_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1


def load_report_settings() -> ReportSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "reports"), ReportSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [reports]: {error}", fix="see docs/how-to/take-public-reports.md") from None

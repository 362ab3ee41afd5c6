"""Settings of background jobs: `[jobs]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class JobSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[jobs]`: processes that run jobs, and how many jobs of one organisation run and wait at once.

    `backtest_minutes` is after how long a backtest is stopped.
    """

    workers: Annotated[int, msgspec.Meta(ge=1, le=16)] = 2
    running: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    waiting: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 200
    backtest_minutes: Annotated[float, msgspec.Meta(gt=0, le=1_440)] = 120.0


def load_job_settings() -> JobSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "jobs"), JobSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [jobs]: {error}", fix="see docs/reference/site-settings.md") from None

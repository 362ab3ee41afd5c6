"""Settings of tracebacks: the table `[call_traceback]` in `fanzha.toml` of the state folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_Seconds = Annotated[float, msgspec.Meta(ge=0, le=3_600)]


class TracebackSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[call_traceback]`.

    `tolerance_seconds`: how far the time of a call may differ between two operators after both clocks are corrected.
    `duration_tolerance_seconds`: the same for its duration. `clock_offset_ms`: by how much the clock of the own call
    records is ahead of UTC. `max_hops`: a traceback goes no further. `questions_a_day`: so many questions of one
    operator the system answers by itself, the others wait for a person. `record_days`: how long call records are kept.
    `private_addresses`: whether systems of other operators may be within a network of this machine.
    """

    tolerance_seconds: _Seconds = 30.0
    duration_tolerance_seconds: _Seconds = 3.0
    clock_offset_ms: Annotated[int, msgspec.Meta(ge=-3_600_000, le=3_600_000)] = 0
    max_hops: Annotated[int, msgspec.Meta(ge=1, le=30)] = 12
    questions_a_day: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 300
    record_days: Annotated[int, msgspec.Meta(ge=1, le=1_096)] = 184
    private_addresses: bool = False


def load_traceback_settings(folder: Path | None = None) -> TracebackSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = (folder or state_folder()) / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "call_traceback"), TracebackSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [call_traceback]: {error}", fix="see docs/how-to/trace-calls.md") from None

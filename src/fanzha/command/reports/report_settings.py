"""Settings of public reports: `[reports]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder


class ReportSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[reports]`.

    `organization` receives the reports of the public pages: the ref or name of an organisation; without it the only
    active centre. `owners` names who runs what is reported: by operator (`china_telecom`, or the name of an MVNO in the
    table of allocated ranges), by platform of an account (`wechat`), or by kind of target (`site`, `app`, `payment`,
    `card`, `sender`, `number`). `call_back_share` is the share of answered reports whose reporters are called back by
    somebody else, 0-1. `work_bits` is the difficulty of the proof of work. `worked_per_day` and `unworked_per_day` are
    the reports of one address block (/24 or /48), with and without a proof of work, that are opened in a day; twice as
    many with evidence of their own. `open_per_hour` limits the processes that are opened for all of them together.
    `looks_per_day` limits the pages in reports that the sandboxed browser looks at, if `[look]` is enabled.
    """

    organization: str = ""
    owners: dict[str, str] = {}
    call_back_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    work_bits: Annotated[int, msgspec.Meta(ge=0, le=24)] = 14
    worked_per_day: Annotated[int, msgspec.Meta(ge=1)] = 20
    unworked_per_day: Annotated[int, msgspec.Meta(ge=1)] = 3
    open_per_hour: Annotated[int, msgspec.Meta(ge=1)] = 200
    looks_per_day: Annotated[int, msgspec.Meta(ge=0)] = 200


def load_report_settings() -> ReportSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "reports"), ReportSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [reports]: {error}", fix="see docs/how-to/take-public-reports.md") from None

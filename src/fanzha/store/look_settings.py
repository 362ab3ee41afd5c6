"""Settings of the fetcher of pages: the table `[look]` in `fanzha.toml` of the state folder."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_Seconds = Annotated[float, msgspec.Meta(ge=1, le=600)]
_Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
_HELP = "docs/how-to/look-at-pages.md names the fields"


class LookSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How pages are fetched. `hosts` maps names to addresses, as in `"bank.example" = "192.0.2.7:8080"`.

    `isolation = "proxy"` also allows machines without namespaces, where the browser's own sandbox must do. `events` is
    a folder for what the looks of the organisation `events_of` (a ref) found.
    """

    enabled: bool = False
    browser: str = ""
    isolation: Literal["namespaces", "proxy"] = "namespaces"
    personas: tuple[Literal["desktop", "phone", "phone_search"], ...] = ("desktop", "phone", "phone_search")
    language: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9,;=.* -]{2,80}$")] = "zh-CN,zh;q=0.9,en;q=0.5"
    page_seconds: _Seconds = 20.0
    look_seconds: _Seconds = 120.0
    most_bytes: Annotated[int, msgspec.Meta(ge=100_000, le=2_000_000_000)] = 40_000_000
    memory_bytes: Annotated[int, msgspec.Meta(ge=200_000_000, le=64_000_000_000)] = 1_500_000_000
    most_processes: Annotated[int, msgspec.Meta(ge=10, le=1_000)] = 60
    ports: tuple[_Port, ...] = (80, 443, 8000, 8008, 8080, 8081, 8088, 8443, 8888)
    local_addresses: bool = False
    hosts: dict[str, Annotated[str, msgspec.Meta(pattern="^.+:[0-9]+$")]] = {}
    at_once: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    events: str = ""
    events_of: str = ""


def load_look_settings(folder: Path | None = None) -> LookSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = (folder or state_folder()) / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "look"), LookSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [look]: {error}", fix=_HELP) from None

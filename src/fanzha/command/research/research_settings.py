"""Settings of research: `[research]` in `fanzha.toml` of the state folder."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_Positive = Annotated[int, msgspec.Meta(ge=1)]


class ResearchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[research]`.

    `endpoints`: by the reference of a partner, the addresses (`http://127.0.0.1:8500`) at which its containers may be
    asked; none by default. `needs_isolation`: an ONNX file is run only where its process can leave the network.
    `least_cell`: cells of tables below it are withheld; an agreement may ask for more. `model_megabytes`: largest ONNX
    file. The other limits are of one run: memory and processor seconds of the child process, seconds in all, days of
    findings, and subjects. `table_seconds`: how long the audit of a table may take.
    """

    endpoints: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    needs_isolation: bool = False
    least_cell: Annotated[int, msgspec.Meta(ge=3, le=1_000)] = 10
    model_megabytes: Annotated[int, msgspec.Meta(ge=1, le=200)] = 32
    memory_megabytes: Annotated[int, msgspec.Meta(ge=256, le=65_536)] = 2_048
    processor_seconds: _Positive = 300
    wait_seconds: _Positive = 600
    days: Annotated[int, msgspec.Meta(ge=1, le=1_827)] = 180
    table_seconds: _Positive = 300
    subjects: Annotated[int, msgspec.Meta(ge=100, le=1_000_000)] = 100_000

    @property
    def model_bytes(self) -> int:
        """Return the size of the largest ONNX file."""
        return self.model_megabytes << 20

    def is_endpoint(self, url: str, partner: str) -> bool:
        """Return whether the operator lets a container of a partner (a ref) be asked at an address."""
        try:
            parts = urlsplit(url)
            origin = f"{parts.scheme}://{parts.netloc}"
        except ValueError:
            return False
        return parts.scheme in ("http", "https") and not parts.username and origin in self.endpoints.get(partner, ())


def load_research_settings() -> ResearchSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "research"), ResearchSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [research]: {error}", fix="see docs/reference/site-settings.md") from None

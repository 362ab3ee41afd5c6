"""Settings of the prober: the table `[prober]` in `fanzha.toml` of the state folder."""

from pathlib import Path
from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
_Socket = Annotated[str, msgspec.Meta(pattern=r"^(\[[0-9a-fA-F:.]+\]|[0-9.]+):[0-9]{1,5}$")]


class Vantage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One place that sites are probed from: a resolver that is asked directly, or an HTTP proxy in another network.

    `organization`: the reference of the organisation whose resolver or network it is, "" if it takes no measures. Only
    its own places tell that a measure of an organisation is missing.
    """

    name: _Name
    resolver: _Socket | None = None
    proxy: Annotated[str, msgspec.Meta(pattern=r"^http://[!-~]+$")] | None = None
    organization: Annotated[str, msgspec.Meta(max_length=60)] = ""

    def __post_init__(self) -> None:
        """Raise ValueError unless there is exactly one of resolver and proxy."""
        if (self.resolver is None) == (self.proxy is None):
            raise ValueError("a vantage has either a resolver or a proxy")


class ProberSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[prober]`.

    `control`: a site of your own that always answers; without its answer a probe counts for nothing. `every_seconds`:
    between probes of a site. `grace_seconds`: from the report of a measure until a probe may speak against it, while
    resolvers load it. `inventory_hours`: between looks at a site that a provider hosts, from the first place.
    `local_addresses`: private addresses are probed too.
    """

    vantage: tuple[Vantage, ...]
    control: Annotated[str, msgspec.Meta(min_length=1, max_length=253)]
    every_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 600
    grace_seconds: Annotated[int, msgspec.Meta(ge=0, le=86_400)] = 600
    inventory_hours: Annotated[int, msgspec.Meta(ge=1, le=8_760)] = 168
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 10.0
    concurrent: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    http_port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 80
    https_port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 443
    local_addresses: bool = False


def load_prober_settings(folder: Path | None = None) -> ProberSettings | None:
    """Return the settings, None without the table. Raise UsageError with file and key if they are invalid."""
    path = (folder or state_folder()) / "fanzha.toml"
    table = read_toml_table(path, "prober")
    if not table:
        return None
    try:
        settings = msgspec.convert(table, ProberSettings)
        if not settings.vantage or len({vantage.name for vantage in settings.vantage}) < len(settings.vantage):
            raise ValueError("write one [[prober.vantage]] or more, each with a name of its own")
    except ValueError as error:  # msgspec.ValidationError is one
        raise UsageError(f"{path}, [prober]: {error}", fix="docs/how-to/probe-sites.md names the fields") from None
    return settings

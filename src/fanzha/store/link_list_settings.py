"""Settings of the public list of links: the table `[link_list]` in `fanzha.toml` of the state folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.marking import Marking
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_HELP = "docs/how-to/warn-in-browsers.md names the fields"
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$", max_length=253)]


class LinkListSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[link_list]`.

    `enabled`: the site publishes the list. `without_decision`: markings (TLP) of verdicts that are published without
    a person's decision. `allowed_names`: hosts that are never listed, in addition to those of protected brands.
    `update_seconds`: how long clients wait between two updates; `cache_seconds`: how long they keep an answer.
    """

    enabled: bool = False
    without_decision: tuple[Marking, ...] = (Marking.CLEAR,)
    allowed_names: tuple[_Name, ...] = ()
    update_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 60
    cache_seconds: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 300


def load_link_list_settings(folder: Path | None = None) -> LinkListSettings:
    """Return the settings, with defaults for missing keys. Raise UsageError with file and key if they are invalid."""
    path = (folder or state_folder()) / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "link_list"), LinkListSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [link_list]: {error}", fix=_HELP) from None

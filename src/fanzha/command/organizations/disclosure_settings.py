"""Budgets of disclosure: `[disclosure]` in `fanzha.toml` of the state folder."""

from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_Values = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]


class DisclosureSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[disclosure]`: how many distinct values one person or key learns within an hour and a day.

    `listed_…` are for lists with a purpose, by roles that may unmask. `released_…` are for what a second person
    approved or an order names, `signals_…` for numbers that a bank asks about on a document of basis. An organisation
    has `organization_times` as much. `same_mask` limits values of a day that differ only in their masked characters.
    """

    values_per_hour: _Values = 300
    values_per_day: _Values = 1_000
    listed_per_hour: _Values = 5_000
    listed_per_day: _Values = 20_000
    unmasked_per_hour: _Values = 200
    unmasked_per_day: _Values = 500
    released_per_hour: _Values = 1_000_000
    released_per_day: _Values = 2_000_000
    signals_per_hour: _Values = 100_000
    signals_per_day: _Values = 500_000
    organization_times: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 10
    same_mask: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 20


def load_disclosure_settings() -> DisclosureSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    table = read_toml_table(path, "disclosure")
    try:
        return msgspec.convert(table, DisclosureSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [disclosure]: {error}", fix="see docs/reference/site-settings.md") from None

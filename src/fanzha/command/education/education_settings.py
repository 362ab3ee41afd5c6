"""Settings of the public pages of education: `[education]` in `fanzha.toml` of the state folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.command.organizations.selectors import find_organization
from fanzha.command.reports.services import find_intake_organization
from fanzha.command.web.roles import Kind
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

#: Kinds of organisation that may teach the public.
OWNERS = (Kind.REGULATOR, Kind.CENTRE, Kind.CARRIER, Kind.MVNO, Kind.ISP, Kind.PLATFORM)


class EducationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[education]`.

    `organization` teaches on the public pages: the ref or name of an organisation; without it the one that receives
    the reports of the public.
    """

    organization: str = ""


def load_education_settings() -> EducationSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "education"), EducationSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [education]: {error}", fix="see docs/how-to/teach.md") from None


def find_teaching_organization() -> Organization | None:
    """Return the organisation whose items the public pages show; None if there is none or more than one may be."""
    name = load_education_settings().organization
    found = find_organization(name) if name else find_intake_organization()
    return found if found is not None and found.kind in OWNERS else None

"""Where somebody objects who was refused, limited or blocked: `[appeals]` in `fanzha.toml` of the state folder.

One table feeds refused calls (603+, 608), the page of a blocked link, answers to banks and confirmations, so that all
of them lead to the same door (ATF Art. 32).
"""

import re
from pathlib import Path
from typing import NamedTuple

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_ADDRESS = re.compile(r"https://[!#-:=?-\[\]-~]+")  # no semicolon: ATIS-1000099 separates contacts by it
_HOTLINE = re.compile(r"\+[1-9]\d{2,14}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_FORMS = {
    "address": (_ADDRESS, "write https://… without a semicolon"),
    "hotline": (_HOTLINE, "write it in international form, +86…"),
    "email": (_EMAIL, "write name@carrier.example"),
}


class AppealContact(NamedTuple):
    """The public door of appeals: its address (https), a hotline in international form, a mail address; "" for none."""

    address: str = ""
    hotline: str = ""
    email: str = ""

    @property
    def text(self) -> str:
        """The contact in one line, "" if there is none."""
        return ", ".join(filter(None, self))


def load_appeal_contact(folder: Path | None = None) -> AppealContact:
    """Return the contact, empty without a table. Other keys belong to the desk of appeals. Raise UsageError."""
    path = (folder or state_folder()) / "fanzha.toml"
    table = read_toml_table(path, "appeals")
    values = {name: table.get(name, "") for name in AppealContact._fields}
    for name, value in values.items():
        pattern, fix = _FORMS[name]
        if not isinstance(value, str) or (value and not pattern.fullmatch(value)):
            raise UsageError(f"{path}, [appeals] {name}: {value!r} cannot be used", fix=fix)
    return AppealContact(**values)

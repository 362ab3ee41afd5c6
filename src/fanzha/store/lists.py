"""The operator's lists for rules (`in NAME`): `lists/NAME.txt` in the state folder, one value per line."""

import re
from pathlib import Path
from typing import NamedTuple

from fanzha.base.errors import Malformed, UsageError
from fanzha.base.ids import digest
from fanzha.kinds import all_kinds
from fanzha.store.state_folder import state_folder

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,63}")
_COMMENT = re.compile(r"(^|\s)#.*")
_KIND = re.compile(r"#\s*kind:\s*(\w+)\s*")


class OperatorList(NamedTuple):
    """One list: distinct values in the order of the file. The digest does not depend on order or comments."""

    name: str
    values: tuple[str, ...]
    digest: str


def load_lists(folder: Path | None = None) -> dict[str, OperatorList]:
    """Return the lists by name. Raise UsageError with file and line of an error.

    `#` starts a comment. After a line `# kind: phone_number`, each value is listed as written (as claimed callers are)
    and in the canonical form of that kind (as proven numbers are). A value that ends in a star is the
    beginning of values.
    """
    paths = sorted(((folder or state_folder()) / "lists").glob("*.txt"))
    return {path.stem: _read_list(path) for path in paths}


def _read_list(path: Path) -> OperatorList:
    if not _NAME.fullmatch(path.stem):
        fix = "rename it: lower case letters, digits and _, at most 64"
        raise UsageError(f"{path}: {path.stem!r} is no name that a rule can say", fix=fix)
    values: dict[str, None] = {}
    kind = ""
    for number, line in enumerate(_read_lines(path), start=1):
        kind = match[1] if (match := _KIND.fullmatch(line.strip())) else kind
        if value := _COMMENT.sub("", line).strip():
            values |= dict.fromkeys((_normalise(value, kind, f"{path}, line {number}"), value))
    return OperatorList(path.stem, tuple(values), digest(*sorted(values)))


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8", fix="save it as UTF-8") from None


def _normalise(value: str, kind: str, location: str) -> str:
    if not kind or value.endswith("*"):  # the beginning of values: it has no canonical form
        return value
    if kind not in all_kinds():
        raise UsageError(f"{location}: there is no kind {kind!r}", fix=f"use one of: {', '.join(all_kinds())}")
    try:
        return all_kinds()[kind].normalise(value)
    except Malformed as error:
        raise UsageError(f"{location}: {error.reason}", fix="mend the line or take it out") from None

"""The operator's harm budgets: `[budget]` in `fanzha.toml` of the state folder."""

import tomllib
from pathlib import Path
from typing import NamedTuple

from fanzha.base.errors import UsageError
from fanzha.claims.budget import Budget
from fanzha.store.state_folder import state_folder

#: The default budget: as many subjects as a person can review within an hour.
DEFAULT = Budget(subjects_an_hour=100)

_FIX = "write subjects_an_hour = 20 (a whole number) and share_of_trunk = 0.05 (0 to 1)"


class Budgets(NamedTuple):
    """Budgets by rule, and the default budget of all other rules."""

    rules: dict[str, Budget]
    default: Budget


def load_budgets(folder: Path | None = None) -> Budgets:
    """Return the budgets. Raise UsageError with the file and the key of an error.

    `[budget]` is the default of every rule. A table `[budget.NAME]` overrides some or all of its keys for one rule.
    """
    path = (folder or state_folder()) / "fanzha.toml"
    section = _read_toml(path).get("budget", {}) if path.is_file() else {}
    if not isinstance(section, dict):
        raise UsageError(f"{path}: budget is no table", fix="write [budget] in a line of its own")
    tables = {name: table for name, table in section.items() if isinstance(table, dict)}
    default = _parse_budget(
        {name: value for name, value in section.items() if name not in tables}, DEFAULT, f"{path}, [budget]"
    )
    rules = {name: _parse_budget(table, default, f"{path}, [budget.{name}]") for name, table in tables.items()}
    return Budgets(rules, default)


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}", fix="mend the file: it is TOML in UTF-8") from None


def _parse_budget(table: dict[str, object], default: Budget, location: str) -> Budget:
    subjects = table.pop("subjects_an_hour", default.subjects_an_hour)
    share = table.pop("share_of_trunk", default.share_of_trunk)
    if table:
        raise UsageError(f"{location}: {min(table)!r} is not known", fix=_FIX)
    if subjects is not None and (not isinstance(subjects, int) or isinstance(subjects, bool) or subjects < 0):
        raise UsageError(f"{location}: subjects_an_hour is {subjects!r}", fix=_FIX)
    if share is not None and (isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1):
        raise UsageError(f"{location}: share_of_trunk is {share!r}", fix=_FIX)
    return Budget(subjects, None if share is None else float(share))

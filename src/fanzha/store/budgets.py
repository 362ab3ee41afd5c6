"""The operator's harm budgets: `[budget]` in `fanzha.toml` of the state folder, and those set on the site."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.claims.budget import Budget
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

#: The default budget: as many subjects as a person can review within an hour.
DEFAULT = Budget(subjects_an_hour=100)

_FIX = "write subjects_an_hour = 20 (a whole number) and share_of_trunk = 0.05 (0 to 1)"


class Budgets(NamedTuple):
    """Budgets by rule, and the default budget of all other rules."""

    rules: dict[str, Budget]
    default: Budget


class BudgetChange(msgspec.Struct, frozen=True):
    """A budget that a person gave a rule or detector; None: that of `[budget]` again. `at` is UTC ms."""

    rule: str
    subjects_an_hour: int | None
    by: str
    why: str
    at: int


def load_budgets(folder: Path | None = None) -> Budgets:
    """Return the budgets. Raise UsageError with the file and the key of an error.

    `[budget]` is the default of every rule. A table `[budget.NAME]` overrides some or all of its keys for one rule.
    `subjects_an_hour` limits how many subjects a rule acts on per clock hour. `share_of_trunk` limits the findings on
    one trunk in an hour, as a share (0 to 1) of that trunk's calls in the hour; the first finding is always allowed.
    What people set on the site counts for rules without such a table.
    """
    path = (folder or state_folder()) / "fanzha.toml"
    section = read_toml_table(path, "budget")
    tables = {name: table for name, table in section.items() if isinstance(table, dict)}
    default = _parse_budget(
        {name: value for name, value in section.items() if name not in tables}, DEFAULT, f"{path}, [budget]"
    )
    rules = {name: _parse_budget(table, default, f"{path}, [budget.{name}]") for name, table in tables.items()}
    named = {_key(name) for name in rules}
    for change in list_budget_changes(folder):
        if _key(change.rule) not in named:
            rules.pop(change.rule, None)
            if change.subjects_an_hour is not None:
                rules[change.rule] = Budget(change.subjects_an_hour, default.share_of_trunk)
    return Budgets(rules, default)


def is_budget_in_settings(rule: str, folder: Path | None = None) -> bool:
    """Return whether `fanzha.toml` gives a rule a budget of its own, so that it is not changed on the site."""
    section = read_toml_table((folder or state_folder()) / "fanzha.toml", "budget")
    return any(_key(name) == _key(rule) for name, table in section.items() if isinstance(table, dict))


def change_budget(change: BudgetChange, folder: Path | None = None) -> None:
    """Append a change to those of the state folder."""
    path = _changes_path(folder)
    with lock_folder(path.parent):
        earlier = path.read_bytes() if path.is_file() else b""
        write_private_file(path, earlier + msgspec.json.encode(change) + b"\n")


def list_budget_changes(folder: Path | None = None) -> list[BudgetChange]:
    """Return the changes, the oldest first. Raise UsageError with a damaged line."""
    path, changes = _changes_path(folder), []
    for number, line in enumerate(path.read_bytes().splitlines() if path.is_file() else [], start=1):
        try:
            changes.append(msgspec.json.decode(line, type=BudgetChange))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            fix = "restore the file from its last good copy"
            raise UsageError(f"{path}, line {number}: {error}", fix=fix) from None
    return changes


def _changes_path(folder: Path | None) -> Path:
    return (folder or state_folder()) / "rules" / "budgets.jsonl"


def _key(rule: str) -> str:
    return rule.replace("_", "-")


def _parse_budget(table: dict[str, object], default: Budget, location: str) -> Budget:
    if unknown := set(table) - set(Budget.__struct_fields__):
        raise UsageError(f"{location}: unknown key {min(unknown)!r}", fix=_FIX)
    subjects = table.get("subjects_an_hour", default.subjects_an_hour)
    share = table.get("share_of_trunk", default.share_of_trunk)
    if subjects is not None and (not isinstance(subjects, int) or isinstance(subjects, bool) or subjects < 0):
        raise UsageError(f"{location}: subjects_an_hour is {subjects!r}", fix=_FIX)
    if share is not None and (isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1):
        raise UsageError(f"{location}: share_of_trunk is {share!r}", fix=_FIX)
    return Budget(subjects, None if share is None else float(share))

"""How many days tables keep their rows: `[retention]` in `fanzha.toml`, within floor and ceiling of the law."""

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.base.words import Words
from fanzha.command.privacy.retention_classes import Keeps, TableRetention, table_retentions
from fanzha.processes.legal_basis import group_bases
from fanzha.store.state_folder import state_folder


def load_retention_days() -> dict[str, int]:
    """Return the days of each table that ends by age. Raise UsageError, naming the law, for days outside its limits."""
    path = state_folder() / "fanzha.toml"
    settings = read_toml_table(path, "retention")
    tables = {label: table for label, table in table_retentions().items() if table.keeps is Keeps.PERIOD}
    days = {label: table.retention_class.default_days for label, table in tables.items()}
    for label, value in settings.items():
        where = f'{path}, [retention] "{label}"'
        if label not in tables:
            raise UsageError(f"{where}: no table with a period has this name", fix=_list_names(tables))
        try:
            days[label] = msgspec.convert(value, int)
        except msgspec.ValidationError:
            raise UsageError(f"{where}: {value!r} is no number of days", fix=f'write "{label}" = 366') from None
        _check_limits(where, tables[label], days[label])
    return days


def bases_text(codes: tuple[str, ...]) -> Words:
    """Return the names of legal bases, joined."""
    names = group_bases(codes)
    return Words("、".join(name.zh for name in names), "; ".join(name.en for name in names))


def _check_limits(where: str, table: TableRetention, days: int) -> None:
    limits = table.retention_class
    if days < limits.floor_days:
        law = bases_text(limits.floor_basis)
        raise UsageError(
            f"{where}: {days} days are fewer than the floor of {limits.floor_days} days ({law.en})"
            f"；{days} 天少于 {limits.floor_days} 天的下限（{law.zh}）",
            fix=f"set {limits.floor_days} to {limits.ceiling_days} days",
        )
    if days > limits.ceiling_days:
        law = bases_text(limits.ceiling_basis)
        raise UsageError(
            f"{where}: {days} days exceed the ceiling of {limits.ceiling_days} days ({law.en})"
            f"；{days} 天超过 {limits.ceiling_days} 天的上限（{law.zh}）",
            fix=f"set {limits.floor_days} to {limits.ceiling_days} days",
        )


def _list_names(tables: dict[str, TableRetention]) -> str:
    return "write one of " + ", ".join(tables)

"""Columns of the named lists of rules: a column is a list of its own, called LIST.COLUMN, of entries and their texts.

Lists travel as names with texts (rule texts, files, snapshots); a column travels the same way.
"""

from collections.abc import Iterable, Iterator

_BETWEEN = "\x1f"  # unit separator, a control character that list files cannot contain


def column_list(name: str, column: str) -> str:
    """Return the name under which a column of a list travels."""
    return f"{name}.{column}"


def is_column(name: str) -> bool:
    """Return whether a name is that of a column of a list; no list has a name with a dot."""
    return "." in name


def list_columns(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of a list among the names of lists and columns, in their order."""
    start = column_list(name, "")
    return tuple(other.removeprefix(start) for other in names if other.startswith(start))


def column_member(value: str, text: str) -> str:
    """Return the member of a column for an entry of its list; an empty text is unknown."""
    return f"{value}{_BETWEEN}{text}"


def split_members(members: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each entry of a column with its text, "" if it is unknown."""
    for member in members:
        value, _, text = member.partition(_BETWEEN)
        yield value, text

"""Parse lists: `list NAME = "text", …`, and with columns `list NAME with COLUMN, … = "text" ("…", …), …`."""

from fanzha.base.list_columns import column_list, column_member
from fanzha.rules._diagnostics import grammar
from fanzha.rules._reading.cursor import Cursor
from fanzha.rules._reading.tokenizer import Token, TokenKind


def read_list(cursor: Cursor) -> tuple[Token, dict[str, tuple[str, ...]]]:
    """Parse a list; return its name, and the texts of it and of its columns by name."""
    cursor.take()
    name = cursor.name("the name of the list")
    columns = _columns(cursor) if cursor.accept("with") else []
    cursor.expect("=")
    entries = [_entry(cursor, columns)]
    while cursor.accept(","):
        entry = _entry(cursor, columns)
        if columns and entry[0].text in {token.text for token, _ in entries}:
            cursor.stop(grammar.ENTRY_TWICE, entry[0], text=entry[0].text[:40])
        entries.append(entry)
    lists = {name.text: tuple(token.text for token, _ in entries)}
    for index, column in enumerate(columns):
        members = (column_member(token.text, attributes[index]) for token, attributes in entries)
        lists[column_list(name.text, column)] = tuple(members)
    return name, lists


def _columns(cursor: Cursor) -> list[str]:
    names = [cursor.name("the name of a column").text]
    while cursor.accept(","):
        column = cursor.name("the name of a column")
        if column.text in names:
            cursor.stop(grammar.NAME_TWICE, column, sort="column", name=column.text)
        names.append(column.text)
    return names


def _entry(cursor: Cursor, columns: list[str]) -> tuple[Token, list[str]]:
    """Parse one entry: its text, and in brackets a text for each column."""
    text = cursor.expect_sort(TokenKind.TEXT, 'a "text"')
    if not columns:
        return text, []
    cursor.expect("(")
    attributes = [cursor.expect_sort(TokenKind.TEXT, 'a "text"').text]
    while cursor.accept(","):
        attributes.append(cursor.expect_sort(TokenKind.TEXT, 'a "text"').text)
    if len(attributes) != len(columns):
        cursor.stop(grammar.ENTRY_COLUMNS, text, count=len(attributes), columns=", ".join(columns))
    cursor.expect(")")
    return text, attributes

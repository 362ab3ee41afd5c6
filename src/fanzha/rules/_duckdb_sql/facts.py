"""The facts of one event table as SQL with the fields a rule reads: own, joined and computed ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from fanzha.events import EventTable

_JOINS = {
    "c": "\n  LEFT JOIN of_call AS c ON c.place = q.place",
    "o": "\n  LEFT JOIN call_offered_in_order AS o ON o.place = c.offer",
    "a": "\n  LEFT JOIN call_answered_in_order AS a ON a.place = c.answer",
    "m": "\n  LEFT JOIN message_facts AS m ON m.event_id = q.event_id",
}
#: Relations of the joined fields of a call fact: alias -> event table.
JOINED_TABLES = {"call_answered": {"o": "call_offered"}, "call_ended": {"o": "call_offered", "a": "call_answered"}}
#: New names of joined fields that would hide others: the number that answered may not be the number called.
_RENAMED = {("call_answered", "callee"): "answering_number"}
#: Fields computed from a message's text, in a table that the caller provides.
_MESSAGE_FIELDS: dict[str, pa.DataType] = {"link_host": pa.string(), "has_link": pa.bool_()}


@dataclass(frozen=True)
class FieldSource:
    """The source of a field: alias of a joined relation, column, and type in the event table."""

    alias: str
    column: str
    type: pa.DataType

    @property
    def text(self) -> str:
        """The field as SQL; numbers are converted to integral doubles."""
        column = f"{self.alias}.{self.column}"
        if self.alias != "t" or not _is_number(self.type):
            return column
        if pa.types.is_floating(self.type):
            return f"CASE WHEN isfinite({column}) THEN round_even({column}, 0) END"
        return f"CAST({column} AS DOUBLE)"


@dataclass
class FactRelation:
    """One event table in the sequence; collects the fields to read until the statement is written."""

    table: str
    sources: Mapping[str, FieldSource]
    required: dict[str, FieldSource] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The relation: place, event_id, moment (ms) and the fields read."""
        return f"{self.table}_in_order"

    def require_field(self, name: str) -> None:
        """Add a field to the relation. Raise KeyError if the table has no such field."""
        self.required[name] = self.sources[name]

    @property
    def aliases(self) -> set[str]:
        """The relations it joins."""
        aliases = {source.alias for source in self.required.values()} - {"t", "q"}
        return aliases | {"c"} if aliases & {"o", "a"} else aliases

    def body(self) -> str:
        """Return the SELECT of the relation; of identical copies of a fact one is selected."""
        read = sorted(self.required.keys() - {"event_id"})
        fields = "".join(f",\n    {self.required[name].text} AS {name}" for name in read)
        return (
            f"  SELECT DISTINCT ON (q.place) q.place, q.event_id, q.moment{fields}\n"
            f"  FROM sequence AS q JOIN {self.table} AS t\n"
            f"    ON q.fact = '{self.table}' AND q.event_id = t.event_id AND q.moment = t.occurred_at"
            + "".join(join for alias, join in _JOINS.items() if alias in self.aliases)
        )


def field_sources(catalog: Mapping[str, EventTable], table: str) -> dict[str, FieldSource]:
    """Return every field that a rule may read of a table's facts."""
    by_name = {}
    for alias, joined in JOINED_TABLES.get(table, {}).items():
        own = ((_field_name(joined, column.name), column.type) for column in catalog[joined].own)
        by_name.update({name: FieldSource(alias, name, kind) for name, kind in own})
        by_name[moment_field(joined)] = FieldSource(alias, moment_field(joined), pa.int64())
    for column in catalog[table].columns:
        by_name[_field_name(table, column.name)] = FieldSource("t", column.name, column.type)
    by_name[moment_field(table)] = FieldSource("q", "moment", pa.int64())
    if table == "message":
        by_name.update({name: FieldSource("m", name, kind) for name, kind in _MESSAGE_FIELDS.items()})
    return by_name


def moment_field(table: str) -> str:
    """Return the field with the moment of a fact of a table itself: of a wait, the fact's; of a call, also later."""
    return f"moment_of_{table}"


def _field_name(table: str, column: str) -> str:
    return _RENAMED.get((table, column), column)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind)

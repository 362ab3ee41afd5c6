"""The relations of one statement in order of dependence."""

from collections.abc import Mapping

from fanzha.events import EventTable
from fanzha.rules._duckdb_sql.facts import JOINED_TABLES, FactRelation, field_sources
from fanzha.rules._duckdb_sql.sequence import CALLS, OF_CALL, sequence_body

_NO_FACTS = "subscriber_profile"  # totals over months have no moment of their own
_COMMENTS = {
    "calls": "-- the latest facts of the same call before each call fact\n",
    "of_call": "-- the offer and the answer that belong to a call fact: not ended since, less than 24 hours older\n",
}


class Relations:
    """Fact relations and the relations built on them; fields are added until the statement is written."""

    def __init__(self, catalog: Mapping[str, EventTable]) -> None:
        self._catalog = {name: table for name, table in catalog.items() if name != _NO_FACTS}
        self._facts: dict[str, FactRelation] = {}
        self._built: dict[str, str] = {}

    def facts(self, table: str) -> FactRelation:
        """Return the facts of one event table. Raise KeyError if the table contains no facts."""
        if table not in self._facts:
            self._facts[table] = FactRelation(table, field_sources(self._catalog, table))
        return self._facts[table]

    def require_field(self, table: str, name: str) -> None:
        """Add a field to a table's facts and to the facts it is joined from. Raise KeyError if there is none."""
        facts = self.facts(table)
        facts.require_field(name)
        joined = JOINED_TABLES.get(table, {}).get(facts.sources[name].alias)
        if joined:
            self.require_field(joined, name)

    def add(self, name: str, body: str) -> str:
        """Add a relation; return its name with a number appended."""
        number = 1 + sum(relation.startswith(f"{name}_") for relation in self._built)
        self._built[f"{name}_{number}"] = body
        return f"{name}_{number}"

    def text(self) -> str:
        """Return all relations as SQL, each after the relations it reads."""
        facts = sorted(
            self._facts.values(), key=lambda relation: (len(JOINED_TABLES.get(relation.table, {})), relation.table)
        )
        bodies = {"sequence": sequence_body(self._catalog)}
        if any("c" in relation.aliases for relation in facts):
            bodies |= {"calls": CALLS, "of_call": OF_CALL}
        bodies |= {relation.name: relation.body() for relation in facts} | self._built
        return ",\n".join(
            f"{_COMMENTS.get(name, '')}{name} AS MATERIALIZED (\n{body})" for name, body in bodies.items()
        )

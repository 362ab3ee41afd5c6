"""The reference for the engine: DuckDB runs a rule's SQL over event tables, with the lists and look-ups it reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute

from fanzha.base.list_columns import column_list, is_column, list_columns, split_members
from fanzha.events import all_events
from fanzha.kinds.phone_number import classify_many
from fanzha.kinds.web.links import find_links
from fanzha.rules.duckdb_sql import to_duckdb_sql
from fanzha.rules.tree import Rule

Row = tuple[Any, ...]

_pc: Any = pyarrow.compute


@contextmanager
def connect_reference(
    tables: Mapping[str, pa.Table], lists: Mapping[str, Sequence[str]]
) -> Iterator[Callable[[Rule], list[Row]]]:
    """Yield a function that returns a rule's firings: rule, event_id, occurred_at, score, the value of each window."""
    known = {name: table for name, table in all_events().items() if name != "subscriber_profile"}
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, table in known.items():
            connection.register(name, tables[name] if name in tables else table.empty())
        for name in (name for name in lists if not is_column(name)):
            connection.register(f"list_{name}", list_table(name, lists))
        messages = message_facts(tables)
        connection.register("message_facts", messages)
        connection.register("number_facts", number_facts({**tables, "message_facts": messages}))
        yield lambda rule: connection.execute(to_duckdb_sql(rule, known, lists)).fetchall()


def list_table(name: str, lists: Mapping[str, Sequence[str]]) -> pa.Table:
    """Return a list as a table of its values and columns."""
    columns = {column: dict(split_members(lists[column_list(name, column)])) for column in list_columns(name, lists)}
    rows = {"value": lists[name], **{column: [of[value] for value in lists[name]] for column, of in columns.items()}}
    return pa.table({column: pa.array(texts, pa.string()) for column, texts in rows.items()})


def number_facts(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Return the class and country of every text of the tables, whether it is a number or not."""
    texts = [column for table in tables.values() for column in table.columns if pa.types.is_string(column.type)]
    numbers = pa.chunked_array([chunk for column in texts for chunk in column.chunks], pa.string()).unique().drop_null()
    facts = classify_many(numbers)
    region = facts["region"].cast(pa.string())
    country = _pc.if_else(_pc.equal(region, ""), None, region)
    return pa.table({"number": numbers, "class": facts["number_class"].cast(pa.string()), "country": country})


def message_facts(tables: Mapping[str, pa.Table]) -> pa.Table:
    """Return the host of the first link of each message, and whether there is one; unknown when the text is."""
    messages = tables["message"].select(["event_id", "text"]).to_pylist() if "message" in tables else []
    texts = {row["event_id"]: row["text"] for row in messages}
    hosts = {event_id: _first_host(text) for event_id, text in texts.items()}
    has_link = {event_id: None if text is None else hosts[event_id] is not None for event_id, text in texts.items()}
    columns = {"event_id": list(hosts), "link_host": list(hosts.values()), "has_link": list(has_link.values())}
    kinds = {"event_id": pa.string(), "link_host": pa.string(), "has_link": pa.bool_()}
    return pa.table({name: pa.array(columns[name], kind) for name, kind in kinds.items()})


def _first_host(text: str | None) -> str | None:
    links = find_links(text) if text else []
    return links[0].location.host if links else None

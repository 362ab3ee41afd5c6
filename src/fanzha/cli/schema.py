"""`fanzha schema`: the columns of every event table and of findings.parquet, with types and units."""

import json
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from fanzha.events import Column


@click.command("schema")
@click.argument("name", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(name: str, as_json: bool) -> None:
    """Print the event tables and the findings schema, one or all. 列出事件表与线索的列、类型、单位。

    NAME is an event table, `calls` (what a map for one row a call can name), or `findings`.
    """
    tables = _tables()
    if name and name not in tables:
        raise UsageError(f"no table is called {name!r}", fix=f"one of: {', '.join(tables)}")
    selected = {name: tables[name]} if name else tables
    if as_json:
        click.echo(json.dumps(selected, ensure_ascii=False, indent=1))
        return
    for table, columns in selected.items():
        click.echo(table)
        for column in columns:
            description = "  ".join(
                str(column[key]) for key in ("zh", "en", "unit", "values", "notes") if column.get(key)
            )
            click.echo(f"  {column['name']:<22}{column['type']!s:<26}{description}")
        click.echo("")


def _tables() -> dict[str, list[dict[str, str]]]:
    from fanzha.claims.finding import FINDING_SCHEMA
    from fanzha.events import all_events
    from fanzha.read import list_call_columns

    events = {name: [_column_details(column) for column in table.columns] for name, table in all_events().items()}
    calls = {"calls": [_column_details(column) for column in list_call_columns().values()]}
    return events | calls | {"findings": [_field_details(field) for field in FINDING_SCHEMA]}


def _column_details(column: "Column") -> dict[str, str]:
    notes = ["required 必填"] * column.required + ["content 内容: legal basis needed 须有法律依据"] * column.content
    details = {
        "name": column.name,
        "type": str(column.type),
        "zh": column.title.zh,
        "en": column.title.en,
        "unit": column.unit,
        "kind": column.kind,
        "values": " | ".join(column.values),
        "notes": "; ".join(notes),
    }
    return {key: value for key, value in details.items() if value}


def _field_details(field: "pa.Field[pa.DataType]") -> dict[str, str]:
    details = {"name": field.name, "type": str(field.type), "notes": "" if field.nullable else "required 必填"}
    return {key: value for key, value in details.items() if value}

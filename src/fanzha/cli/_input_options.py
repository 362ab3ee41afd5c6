"""The options that `analyze`, `backtest` and `replay` share: how records are read, which of them, and the lines."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from fanzha.base.clock import moment_ms
from fanzha.base.errors import Malformed, UsageError

_OPTIONS = (
    click.option("--table", default="", help="Read every file as this event table (see `fanzha schema`)."),
    click.option(
        "--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Column map (TOML)."
    ),
    click.option("--since", help="Only events from this moment on (ISO 8601)."),
    click.option("--until", help="Only events before this moment (ISO 8601)."),
    click.option(
        "--basis", default="", help="Legal basis of sources with message content (Telecom Regulations Art. 65)."
    ),
    click.option(
        "--lines", type=click.IntRange(min=1), help="Lines of the operator, for rates; else counted in the records."
    ),
    click.option("--accept", is_flag=True, help="Files without a map: use the columns that are sure, ask nothing."),
)


@dataclass(frozen=True)
class InputOptions:
    """What was chosen; times are UTC ms. `table` and `basis` are "" if they were not given.

    Without `accept` a file without a map whose columns are not sure is refused.
    """

    table: str
    map_file: Path | None
    since: int | None
    until: int | None
    basis: str
    lines: int | None
    accept: bool


def input_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, which gets them as the argument `records`, an `InputOptions`."""

    @wraps(command)
    def run(
        *,
        table: str,
        map_file: Path | None,
        since: str | None,
        until: str | None,
        basis: str,
        lines: int | None,
        accept: bool,
        **others: Any,
    ) -> None:
        records = InputOptions(table, map_file, parse_moment(since), parse_moment(until), basis, lines, accept)
        command(records=records, **others)

    decorated: Callable[..., None] = run
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def parse_moment(text: str | None) -> int | None:
    """Return a moment of the command line (ISO 8601) as UTC ms. Raise UsageError."""
    if text is None:
        return None
    try:
        return moment_ms(text)
    except Malformed as error:
        raise UsageError(error.reason) from None

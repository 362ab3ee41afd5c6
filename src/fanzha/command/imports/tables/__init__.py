"""Importable tables, one module per kind. Mirror tables come from processes with `data: mirrored`."""

from functools import cache

from fanzha.command.imports.tables.allowlist import ALLOWLIST
from fanzha.command.imports.tables.mirror import MirrorTable
from fanzha.command.imports.tables.number_signals import NumberSignalsTable
from fanzha.command.imports.tables.numbering import ALLOCATION, PORTABILITY
from fanzha.command.imports.tables.outlines import OUTLINES
from fanzha.command.imports.tables.table import ImportTable
from fanzha.command.processes.selectors import load_processes
from fanzha.processes.process import DataCategory


@cache
def _fixed() -> tuple[ImportTable, ...]:
    return (PORTABILITY, ALLOCATION, ALLOWLIST, OUTLINES, NumberSignalsTable())


def all_tables() -> dict[str, ImportTable]:
    """Return every table by name."""
    mirrors = [MirrorTable(process) for process in load_processes().values() if process.data is DataCategory.MIRRORED]
    return {table.name: table for table in (*_fixed(), *mirrors)}

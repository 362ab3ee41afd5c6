"""Importable tables, one module per kind. Mirror tables come from processes with `data: mirrored`.

A higher app adds its own by `TABLES` in its module `import_tables`.
"""

from functools import cache

from fanzha.command.imports.tables.allowlist import ALLOWLIST
from fanzha.command.imports.tables.mirror import MirrorTable
from fanzha.command.imports.tables.number_signals import NumberSignalsTable
from fanzha.command.imports.tables.numbering import ALLOCATION, PORTABILITY
from fanzha.command.imports.tables.outlines import OUTLINES
from fanzha.command.imports.tables.table import ImportTable
from fanzha.command.processes.selectors import load_processes
from fanzha.command.web.discovery import app_modules
from fanzha.processes.process import DataCategory


@cache
def _fixed() -> tuple[ImportTable, ...]:
    of_other_apps = (table for module in app_modules("import_tables") for table in module.TABLES)
    return (PORTABILITY, ALLOCATION, ALLOWLIST, OUTLINES, NumberSignalsTable(), *of_other_apps)


def all_tables() -> dict[str, ImportTable]:
    """Return every table by name."""
    mirrors = [MirrorTable(process) for process in load_processes().values() if process.data is DataCategory.MIRRORED]
    return {table.name: table for table in (*_fixed(), *mirrors)}

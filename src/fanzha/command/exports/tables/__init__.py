"""Exportable tables. Each module defines `TABLE`."""

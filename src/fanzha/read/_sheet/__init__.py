"""The parts of an Excel workbook: its package, shared strings, styles and cells (ECMA-376)."""

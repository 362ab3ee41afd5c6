"""Translate parts of a rule to DuckDB SQL: expressions, windows, facts and their order."""

"""The oracle: a rule once more, as one plain SQL text that shares nothing with the kernel but the parsed tree."""

from fanzha.rules.oracle.statement import sql

__all__ = ["sql"]

"""The rule language: grammar, types, evaluation, explanation, the SQL oracle."""

from fanzha.rules._checking.senses import type_of
from fanzha.rules.catalog import FACTS, FieldFact
from fanzha.rules.check import CheckedFile, check
from fanzha.rules.mistakes import RuleError
from fanzha.rules.parse import decoded, parse
from fanzha.rules.tree import Rule, RuleFile, Type

__all__ = [
    "FACTS",
    "CheckedFile",
    "FieldFact",
    "Rule",
    "RuleError",
    "RuleFile",
    "Type",
    "check",
    "decoded",
    "parse",
    "type_of",
]

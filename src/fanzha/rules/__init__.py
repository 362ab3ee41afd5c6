"""The rule language: grammar, types, evaluation, explanation, the SQL oracle."""

from fanzha.rules._checking.senses import type_of
from fanzha.rules._formatting.phrases import phrase
from fanzha.rules.catalog import CALL_FACTS, FACTS, FieldFact
from fanzha.rules.check import CheckedFile, check
from fanzha.rules.describe import describe_window
from fanzha.rules.mistakes import RuleError
from fanzha.rules.parse import decoded, parse
from fanzha.rules.tree import Rule, RuleFile, Type

__all__ = [
    "CALL_FACTS",
    "FACTS",
    "CheckedFile",
    "FieldFact",
    "Rule",
    "RuleError",
    "RuleFile",
    "Type",
    "check",
    "decoded",
    "describe_window",
    "parse",
    "phrase",
    "type_of",
]

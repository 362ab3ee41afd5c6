"""The rule language: grammar, types, evaluation, explanation, translation to SQL."""

from fanzha.rules._checking.expression_checker import infer_type
from fanzha.rules._formatting.expressions import format_expression
from fanzha.rules.catalog import FACTS, FieldFact
from fanzha.rules.check import CheckedFile, check
from fanzha.rules.describe import describe
from fanzha.rules.diagnostics import RuleError
from fanzha.rules.parse import decoded, parse
from fanzha.rules.tree import Rule, RuleFile, Type
from fanzha.rules.window_words import window_words

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
    "describe",
    "parse",
    "format_expression",
    "infer_type",
    "window_words",
]

"""Check a rule text while it is written: mistakes and warnings with line, column and fix, and words to complete.

The checks are those of `fanzha rules check`. Neither numba nor the detectors are loaded for them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from fanzha.base.words import Words
from fanzha.command.web.i18n import localize
from fanzha.store.lists import load_lists

if TYPE_CHECKING:
    from fanzha.rules import Rule
    from fanzha.rules.diagnostics import Diagnostic

#: Characters of a text that is written on a page.
MAX_TEXT_LENGTH = 50_000

#: What a new rule begins with.
STARTER_TEXT = """rule my_rule "我的规则" "my rule"
  law "ATF Art. 11"
  on call_ended
  let callees = distinct(callee of call_ended by proven_caller, 1h)
  when callees >= 30
  then find proven_caller as subscriber_fraud score 0.7
  again after 24h
  sentence "一小时内呼叫 {callees} 人。" "Called {callees|person|people} within an hour."
"""

_VERSION = re.compile(r"^([ \t]*version[ \t]+)\d+", re.MULTILINE)
_MANY_RULES = (
    Words("一个文本只能有一条规则", "a text holds one rule"),
    Words("其余规则另存为新规则", "save the others as rules of their own"),
)


class TextProblem(NamedTuple):
    """One mistake or warning at a line and column, both from 1."""

    line: int
    column: int
    code: str
    what: Words
    fix: Words
    is_warning: bool


class CheckedText(NamedTuple):
    """The problems of a text in its order, and its rule if there is no mistake."""

    rule: Rule | None
    problems: tuple[TextProblem, ...]

    @property
    def has_mistakes(self) -> bool:
        """Return whether the text cannot be saved."""
        return self.rule is None


def plain_text(text: str) -> str:
    """Return a text with the line ends of rule files; browsers send two characters for each."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_text(text: str) -> CheckedText:
    """Check a text that must hold one rule. Raise UsageError if a list of the state folder is damaged."""
    from fanzha.claims.fraud_type import FRAUD_TYPES
    from fanzha.rules import RuleError, check, parse

    try:
        checked = check(parse(plain_text(text)), lists=load_lists(), fraud_types=FRAUD_TYPES)
    except RuleError as error:
        return CheckedText(None, tuple(_problem(one, is_warning=False) for one in error.mistakes))
    warnings = tuple(_problem(one, is_warning=True) for one in checked.warnings)
    if len(checked.rules) > 1:
        at = checked.rules[1].location
        return CheckedText(None, (*warnings, TextProblem(at.line, at.column, "", *_MANY_RULES, is_warning=False)))
    return CheckedText(checked.rules[0], warnings) if checked.rules else CheckedText(None, warnings)


def _problem(found: Diagnostic, *, is_warning: bool) -> TextProblem:
    return TextProblem(
        found.location.line, found.location.column, found.code, found.what, found.fix, is_warning=is_warning
    )


def with_version(text: str, version: int) -> str:
    """Return a text of a rule with another version; the text itself if it cannot be written into it."""
    from fanzha.rules import RuleError, parse

    if _VERSION.search(text):
        changed = _VERSION.sub(rf"\g<1>{version}", text, count=1)
    else:
        changed = re.sub(r"^([ \t]*)(law|on)\b", rf"\1version {version}\n\1\2", text, count=1, flags=re.MULTILINE)
    try:
        return changed if parse(changed).rules[0].version == version else text
    except (RuleError, IndexError):
        return text


def completions() -> dict[str, object]:
    """Return the words that an editor offers: fields of each fact with their titles, windows, clauses and lists."""
    facts = {
        fact: {name: localize(title) for name, title in fields.items()} for fact, fields in _titles_by_fact().items()
    }
    return {"facts": facts, "words": [*_words(), *sorted(load_lists())]}


@cache
def _titles_by_fact() -> dict[str, dict[str, Words]]:
    from fanzha.rules import FACTS

    return {fact: {name: one.title for name, one in fields.items()} for fact, fields in FACTS.items()}


@cache
def _words() -> tuple[str, ...]:
    from fanzha.rules.words import CLAUSES, FUNCTIONS, WINDOWS

    return tuple(sorted({*CLAUSES, *FUNCTIONS, *WINDOWS, "find", "score", "where", "before", "and", "or", "not"}))

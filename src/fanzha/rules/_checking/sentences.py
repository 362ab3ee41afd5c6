"""Check the sentence of a rule: its slots are values that the rule has when it fires, and can be written."""

from collections.abc import Collection, Mapping

from fanzha.rules._checking.expression_checker import ExpressionChecker
from fanzha.rules._checking.quantiles import is_quantile
from fanzha.rules._checking.scope import ExpressionInfo, RuleScope
from fanzha.rules._diagnostics import names, types
from fanzha.rules.diagnostics import DiagnosticCollector
from fanzha.rules.sentence_template import SentenceSlot, template_slots
from fanzha.rules.tree import Rule, RuleSentence, SourceLocation, Type, WindowExpression, walk


def check_sentence(sentence: RuleSentence, scope: RuleScope, senses: ExpressionChecker) -> None:
    """Add the diagnostics of the slots of a sentence: unknown names, and forms that do not suit the value."""
    infos = {name: senses.infer_type(node, scope) for name, node in sentence.values}
    for text, location in zip(sentence.words, sentence.locations, strict=True):
        for slot in template_slots(text):
            place = SourceLocation(location.line, location.column + 2 + slot.position)
            _check_form(slot, place, infos, senses.mistakes)


def _check_form(
    slot: SentenceSlot, place: SourceLocation, infos: Mapping[str, ExpressionInfo | None], mistakes: DiagnosticCollector
) -> None:
    info = infos[slot.name]
    if info is None:
        return
    if info.type is Type.TRUTH and not slot.optional:
        mistakes.add(types.TRUTH_IN_SENTENCE, place, name=slot.name)
    elif (slot.percent or slot.one) and info.type is not Type.NUMBER:
        mistakes.add(types.SLOT_OF_NUMBER, place, name=slot.name)


def check_slot_windows(rule: Rule, windows: Collection[WindowExpression], mistakes: DiagnosticCollector) -> None:
    """Add a diagnostic for every slot of an expanded rule with a window that is not among `windows`, or a quantile."""
    if rule.sentence is None:
        return
    for name, node in rule.sentence.values:
        read = [part for part in walk(node) if isinstance(part, WindowExpression)]
        place = _first_place(rule.sentence, name)
        if any(map(is_quantile, read)):
            mistakes.add(types.QUANTILE_IN_SENTENCE, place, name=name)
        elif any(window not in windows for window in read):
            mistakes.add(names.NOT_ASKED, place, name=name)


def _first_place(sentence: RuleSentence, name: str) -> SourceLocation:
    return next(
        SourceLocation(location.line, location.column + 2 + slot.position)
        for text, location in zip(sentence.words, sentence.locations, strict=True)
        for slot in template_slots(text)
        if slot.name == name
    )

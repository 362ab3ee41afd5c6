"""Check the sentence of a rule: its slots are values that the rule has when it fires, and can be written."""

from collections.abc import Collection

from fanzha.rules._checking.expression_checker import ExpressionChecker
from fanzha.rules._checking.quantiles import is_quantile
from fanzha.rules._checking.scope import RuleScope
from fanzha.rules._diagnostics import names, types
from fanzha.rules.diagnostics import DiagnosticCollector
from fanzha.rules.sentence_template import template_slots
from fanzha.rules.tree import Rule, RuleSentence, Type, WindowExpression, walk


def check_sentence(sentence: RuleSentence, scope: RuleScope, senses: ExpressionChecker) -> None:
    """Add the diagnostics of the slots of a sentence: unknown names, and forms that do not suit the value."""
    infos = {name: senses.infer_type(node, scope) for name, node in sentence.values}
    locations = {name: node.location for name, node in sentence.values}
    for slot in (slot for text in sentence.words for slot in template_slots(text)):
        info, location = infos[slot.name], locations[slot.name]
        if info is None:
            continue
        if info.type is Type.TRUTH and not slot.optional:
            senses.mistakes.add(types.TRUTH_IN_SENTENCE, location, name=slot.name)
        elif (slot.percent or slot.one) and info.type is not Type.NUMBER:
            senses.mistakes.add(types.SLOT_OF_NUMBER, location, name=slot.name)


def check_slot_windows(
    rule: Rule, written: Rule, windows: Collection[WindowExpression], mistakes: DiagnosticCollector
) -> None:
    """Add a diagnostic for every slot of an expanded rule with a window that is not among `windows`, or a quantile.

    `written` is the rule before it was expanded: the locations of its slots are those in the text.
    """
    if rule.sentence is None or written.sentence is None:
        return
    places = {name: node.location for name, node in written.sentence.values}
    for name, node in rule.sentence.values:
        read = [part for part in walk(node) if isinstance(part, WindowExpression)]
        if any(map(is_quantile, read)):
            mistakes.add(types.QUANTILE_IN_SENTENCE, places[name], name=name)
        elif any(window not in windows for window in read):
            mistakes.add(names.NOT_ASKED, places[name], name=name)

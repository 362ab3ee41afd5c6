"""Apply the operator's settings of the state folder to detectors: brands, numbering, rules, lists, budgets."""

from collections.abc import Mapping

from fanzha.base.ids import digest
from fanzha.brands.table import shipped
from fanzha.claims.rule_lifecycle import ACTING_STATES, RUNNING_STATES
from fanzha.detect import Detector, operator_rule
from fanzha.detect.rules.governance import NO_KEY, Governance
from fanzha.store.brands import own_brands
from fanzha.store.budgets import budgets
from fanzha.store.keys import key
from fanzha.store.lists import own_lists
from fanzha.store.numbering_tables import numbering_tables, tables_digest
from fanzha.store.rule_texts import RuleTexts
from fanzha.store.spared import spared_digest, spared_numbers


def apply_operator_settings(detectors: Mapping[str, Detector]) -> Mapping[str, Detector]:
    """Return the detectors with the operator's brands and numbering tables."""
    if operator_brands := own_brands():
        brands = shipped().joined(operator_brands)
        detectors = {name: detector.with_brands(brands) for name, detector in detectors.items()}
    if any(tables := numbering_tables()):
        detectors = {name: detector.with_numbering(tables) for name, detector in detectors.items()}
    return detectors


def operator_rules() -> dict[str, Detector]:
    """Return the operator's running rules by name.

    A rule with the name of a shipped detector replaces it once the rule may act; until then both run.
    """
    texts, lists = RuleTexts(), {name: detector.values for name, detector in own_lists().items()}
    detectors: dict[str, Detector] = {}
    for rule_text in texts.held():
        if rule_text.step.state in RUNNING_STATES:
            detector = operator_rule(texts.text(rule_text.text), rule_text.step, lists)
            detectors[
                detector.name if rule_text.step.state in ACTING_STATES else f"{detector.name}@{rule_text.text[:8]}"
            ] = detector
    return detectors


def governance() -> Governance:
    """Return the budgets, the allowlist and the sampling key that govern rules."""
    limits = budgets()
    rule_budgets = {name.replace("_", "-"): budget for name, budget in limits.rules.items()}
    sampling_key = key("rules") if RuleTexts().held() else NO_KEY  # no key is created unless a rule needs it
    return Governance(rule_budgets, limits.default, spared_numbers(), sampling_key)


def operator_settings_digest() -> str:
    """Return a digest of the operator's settings; a run with other settings is not resumed."""
    rules = [(rule_text.rule, rule_text.text, repr(rule_text.step)) for rule_text in RuleTexts().held()]
    lists = sorted((name, own_list.digest) for name, own_list in own_lists().items())
    return digest(repr(own_brands()), tables_digest(), repr(rules), repr(lists), repr(budgets()), spared_digest())

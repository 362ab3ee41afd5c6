"""Detectors as an operator runs them: with the brands, numbers, rules, lists and limits of the state folder."""

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


def operated(detectors: Mapping[str, Detector]) -> Mapping[str, Detector]:
    """Return the detectors for what the operator keeps; the same ones where nothing is kept."""
    if own := own_brands():
        brands = shipped().joined(own)
        detectors = {name: one.with_brands(brands) for name, one in detectors.items()}
    if any(tables := numbering_tables()):
        detectors = {name: one.with_numbering(tables) for name, one in detectors.items()}
    return detectors


def own_rules() -> dict[str, Detector]:
    """Return the operator's running rules by name.

    One that is named as a shipped detector stands in its place once it may act; until then both run.
    """
    texts, lists = RuleTexts(), {name: one.values for name, one in own_lists().items()}
    found: dict[str, Detector] = {}
    for held in texts.held():
        if held.step.state in RUNNING_STATES:
            one = operator_rule(texts.text(held.text), held.step, lists)
            found[one.name if held.step.state in ACTING_STATES else f"{one.name}@{held.text[:8]}"] = one
    return found


def governance() -> Governance:
    """Return what the operator's settings allow rules to do."""
    known = budgets()
    named = {name.replace("_", "-"): budget for name, budget in known.rules.items()}
    drawn_by = key("rules") if RuleTexts().held() else NO_KEY  # no key is made where no rule needs one
    return Governance(named, known.default, spared_numbers(), drawn_by)


def operated_key() -> str:
    """Return a digest of what the operator keeps: a run with anything else is another run."""
    rules = [(held.rule, held.text, repr(held.step)) for held in RuleTexts().held()]
    lists = sorted((name, one.digest) for name, one in own_lists().items())
    return digest(repr(own_brands()), tables_digest(), repr(rules), repr(lists), repr(budgets()), spared_digest())

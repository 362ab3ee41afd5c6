"""Apply the operator's settings of the state folder to detectors: brands, numbering, models, rules, lists, budgets."""

import logging
from collections.abc import Mapping

from fanzha.base.ids import digest
from fanzha.brands.table import load_shipped_brands
from fanzha.claims.rule_lifecycle import ACTING_STATES, RUNNING_STATES
from fanzha.detect import Detector, operator_rule
from fanzha.detect.rules.governance import NO_KEY, Governance
from fanzha.store.allowlist import digest_allowlist, load_allowlist
from fanzha.store.brands import load_own_brands
from fanzha.store.budgets import load_budgets
from fanzha.store.keys import load_key
from fanzha.store.lists import load_lists
from fanzha.store.numbering_tables import digest_tables, load_numbering_tables
from fanzha.store.own_models import list_outdated_models, load_own_models
from fanzha.store.rule_texts import RuleTexts

log = logging.getLogger(__name__)


def apply_operator_settings(detectors: Mapping[str, Detector]) -> Mapping[str, Detector]:
    """Return the detectors with the operator's brands, numbering tables, lists and own models."""
    if operator_brands := load_own_brands():
        brands = load_shipped_brands().with_brands(operator_brands)
        detectors = {name: detector.with_brands(brands) for name, detector in detectors.items()}
    if any(tables := load_numbering_tables()):
        detectors = {name: detector.with_numbering(tables) for name, detector in detectors.items()}
    if lists := {name: own_list.values for name, own_list in load_lists().items()}:
        detectors = {name: detector.with_lists(lists) for name, detector in detectors.items()}
    for card in list_outdated_models():
        log.warning(
            "the own model of %s (%s) is not used: it was trained beside version %s of the shipped model, which has "
            "changed since; train it again with fanzha train %s --own 自有模型未启用：内置模型已更新，请重新训练",
            card.name, card.tag, card.shipped_version, card.name,
        )  # fmt: skip
    if own_models := load_own_models():
        detectors = {name: detector.with_own_models(own_models) for name, detector in detectors.items()}
    return detectors


def operator_rules() -> dict[str, Detector]:
    """Return the operator's running rules by name.

    A rule with the name of a shipped detector replaces it once the rule may act; until then both run.
    """
    texts, lists = RuleTexts(), {name: detector.values for name, detector in load_lists().items()}
    detectors: dict[str, Detector] = {}
    for rule_text in texts.list_texts():
        if rule_text.step.state in RUNNING_STATES:
            detector = operator_rule(texts.text(rule_text.text), rule_text.step, lists)
            detectors[
                detector.name if rule_text.step.state in ACTING_STATES else f"{detector.name}@{rule_text.text[:8]}"
            ] = detector
    return detectors


def governance() -> Governance:
    """Return the budgets, the allowlist and the sampling key that govern rules."""
    limits = load_budgets()
    rule_budgets = {name.replace("_", "-"): budget for name, budget in limits.rules.items()}
    sampling_key = load_key("rules") if RuleTexts().list_texts() else NO_KEY  # no key is created unless a rule needs it
    return Governance(rule_budgets, limits.default, load_allowlist(), sampling_key)


def operator_settings_digest() -> str:
    """Return a digest of the operator's settings; a run with other settings is not resumed."""
    rules = [(rule_text.rule, rule_text.text, repr(rule_text.step)) for rule_text in RuleTexts().list_texts()]
    lists = sorted((name, own_list.digest) for name, own_list in load_lists().items())
    return digest(
        repr(load_own_brands()),
        digest_tables(),
        repr(rules),
        repr(lists),
        repr(load_budgets()),
        digest_allowlist(),
        repr([own_model.card for own_model in load_own_models().values()]),
    )

"""The rules of a snapshot made ready to run in a screen, with whatever of the shipped ones shall run beside them."""

from collections.abc import Sequence

from fanzha.claims.allowlist import Allowlist
from fanzha.claims.rule_lifecycle import RUNNING_STATES
from fanzha.claims.snapshot import LiveRules
from fanzha.claims.treatment import RuleTreatments
from fanzha.detect import RuleDetector, operator_rule
from fanzha.detect.rules.governance import Governance
from fanzha.screen.live.running import RunningRules


def opened(
    rules: LiveRules,
    spared: Allowlist,
    key: bytes,
    treatments: RuleTreatments | None = None,
    *,
    beside: Sequence[RuleDetector] = (),
    seed: int = 0,
    most_bytes: int | None = None,
) -> RunningRules:
    """Return the running rules, without state; `key` draws shares of traffic, as it does in analysis.

    RuleError where a text cannot be read, WrongCall where two texts have other values under one list's name: the rules
    that run go on.
    """
    own = [operator_rule(one.text, one.step, rules.lists) for one in rules.rules if one.step.state in RUNNING_STATES]
    budgets = {name.replace("_", "-"): budget for name, budget in rules.budgets.items()}
    governance = Governance(budgets, rules.default, spared, key)
    return RunningRules([*own, *beside], governance, treatments, seed=seed, most_bytes=most_bytes)

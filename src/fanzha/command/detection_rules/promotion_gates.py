"""What a rule text must pass before it acts, and what is advised, each as met or not, with the stages of its life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.base.clock import to_ms
from fanzha.claims.finding import Maturity
from fanzha.claims.rule_lifecycle import STATE_WORDS, RuleState
from fanzha.claims.rule_promotion import find_missing_backtest, find_missing_shadow
from fanzha.command.detection_rules.library import parse_rules
from fanzha.command.web.components import Stage
from fanzha.command.web.i18n import localize
from fanzha.store.budgets import load_budgets
from fanzha.store.rule_promotion import load_promotion_terms

if TYPE_CHECKING:
    from fanzha.command.detection_rules.selectors import RuleTextState
    from fanzha.command.subjects.models import FindingRow

_STAGES = [state for state in RuleState if state is not RuleState.RETIRED]


class PromotionGate(NamedTuple):
    """One thing to look at before a promotion; `is_required` says that the service refuses the promotion without it."""

    words: str
    note: str
    is_met: bool
    is_required: bool


def life_stages(state: RuleTextState) -> list[Stage]:
    """Return the stages from draft to live; a retired text has none."""
    if state.item.step.state is RuleState.RETIRED:
        return []
    at = _STAGES.index(state.item.step.state)
    return [Stage(localize(STATE_WORDS[one]), number < at, number == at) for number, one in enumerate(_STAGES)]


def promotion_gates(state: RuleTextState, findings: Sequence[FindingRow]) -> list[PromotionGate]:
    """Return the gates of a text; `findings` are its latest ones. Raise UsageError for damaged settings."""
    terms, now = load_promotion_terms(), to_ms(timezone.now())
    no_backtest = find_missing_backtest(state.backtests, terms)
    no_shadow = find_missing_shadow(state.steps, now, terms)
    author = state.steps[0].by if state.steps else ""
    rules = [rule for rule in parse_rules(state.wording) if not rule.notes]
    return [
        PromotionGate(_("Backtest stored"), localize(no_backtest) if no_backtest else "", no_backtest is None, True),
        PromotionGate(_("Time in shadow"), localize(no_shadow) if no_shadow else "", no_shadow is None, True),
        PromotionGate(
            _("Second person"),
            _("A reviewer other than %(author)s and the asker approves.") % {"author": author},
            state.request is not None,
            True,
        ),
        _windows_gate(findings),
        PromotionGate(
            _("Sentence present"),
            _("What people read first of a finding."),
            bool(rules) and all(rule.sentence for rule in rules),
            False,
        ),
        PromotionGate(
            _("Examples present"),
            _("One that it finds, and an innocent look-alike that it leaves alone."),
            any(one.finds for rule in rules for one in rule.examples)
            and any(not one.finds for rule in rules for one in rule.examples),
            False,
        ),
        _budget_gate(state.item.rule),
    ]


def _windows_gate(findings: Sequence[FindingRow]) -> PromotionGate:
    words = _("Windows full")
    if not findings:
        return PromotionGate(words, _("No finding of the last week tells."), False, False)
    is_full = findings[0].maturity != Maturity.WINDOWS_NOT_FULL
    return PromotionGate(words, _("By its latest finding; no finding acts before."), is_full, False)


def _budget_gate(rule: str) -> PromotionGate:
    budgets = load_budgets()
    own = {name.replace("-", "_"): budget for name, budget in budgets.rules.items()}.get(rule)
    subjects = (own or budgets.default).subjects_an_hour
    limit = _("any number") if subjects is None else f"{subjects:,}"
    note = _("%(limit)s subjects an hour. It is changed below, under “Harm budget”.") % {"limit": limit}
    return PromotionGate(_("Harm budget of its own"), note, own is not None, False)

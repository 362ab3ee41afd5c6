"""What a rule needs before its findings may act: a stored backtest, time in shadow, and a second person."""

from collections.abc import Sequence

import msgspec

from fanzha.base.clock import iso
from fanzha.base.errors import UsageError
from fanzha.claims.rule_lifecycle import ACTING_STATES, RuleState, RuleStep

DAY_MS = 86_400_000
_BEFORE_SHADOW = (RuleState.DRAFT, RuleState.BACKTEST, RuleState.WARMING, RuleState.RETIRED)


class StoredBacktest(msgspec.Struct, frozen=True, kw_only=True):
    """A backtest of one text of a rule over a stretch of history; times are UTC ms."""

    rule: str
    text: str  # digest
    at: int
    first: int  # earliest and latest event of the history
    last: int
    events: int
    hits: int
    subjects: int
    full_hits: int  # hits whose windows were full


class PromotionTerms(msgspec.Struct, frozen=True):
    """The least stretch of a backtest and the least time in shadow, in ms."""

    backtest_ms: int = 7 * DAY_MS
    shadow_ms: int = 7 * DAY_MS


def is_promotion(last: RuleStep, step: RuleStep) -> bool:
    """Return whether a step lets the findings of a rule act on more subjects than before."""
    if step.state not in ACTING_STATES or last.state is RuleState.LIVE:
        return False
    return step.state is RuleState.LIVE or last.state is not RuleState.SHARE or step.share > last.share


def check_promotion(
    steps: Sequence[RuleStep], step: RuleStep, backtests: Sequence[StoredBacktest], terms: PromotionTerms
) -> None:
    """Raise UsageError with everything that a promotion lacks. An emergency lacks nothing.

    steps: the steps of the text so far, the oldest first. backtests: those of the text.
    """
    if step.emergency or not is_promotion(steps[-1], step):
        return
    missing = [
        reason
        for reason in (_lacks_backtest(backtests, terms), _lacks_shadow(steps, step, terms), _lacks_person(steps, step))
        if reason
    ]
    if missing:
        raise UsageError(
            f"the rule cannot become {step.state}: {'; '.join(missing)}",
            fix="do what is missing, or give --emergency, which stays in the history with who and why",
        )


def _lacks_backtest(backtests: Sequence[StoredBacktest], terms: PromotionTerms) -> str:
    longest = max((backtest.last - backtest.first for backtest in backtests), default=0)
    if longest >= terms.backtest_ms:
        return ""
    there = f"the longest covers {longest / DAY_MS:.1f}" if backtests else "there is none"
    return f"it needs a stored backtest (fanzha backtest --store) over {terms.backtest_ms / DAY_MS:g} days, {there}"


def _lacks_shadow(steps: Sequence[RuleStep], step: RuleStep, terms: PromotionTerms) -> str:
    began = _shadow_since(steps)
    if began is not None and step.at - began >= terms.shadow_ms:
        return ""
    there = f"it is there since {iso(began)[:16]}" if began is not None else "it was never there"
    return f"it needs {terms.shadow_ms / DAY_MS:g} days in shadow, {there}"


def _shadow_since(steps: Sequence[RuleStep]) -> int | None:
    """Return when the text came into shadow after it was last in an earlier state."""
    since = None
    for step in steps:
        if step.state in _BEFORE_SHADOW:
            since = None
        elif step.state is RuleState.SHADOW and since is None:
            since = step.at
    return since


def _lacks_person(steps: Sequence[RuleStep], step: RuleStep) -> str:
    author = next(earlier.by for earlier in reversed(steps) if earlier.state is RuleState.DRAFT)
    if author.strip().casefold() != step.by.strip().casefold():
        return ""
    return f"it needs a second person, {author.strip()} added the text"

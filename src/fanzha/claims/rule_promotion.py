"""What a rule needs before its findings may act: a stored backtest, time in shadow, and a second person."""

import re
from collections.abc import Sequence

import msgspec

from fanzha.base.clock import iso
from fanzha.base.errors import UsageError
from fanzha.base.people import name_key
from fanzha.base.words import Words
from fanzha.claims.rule_lifecycle import ACTING_STATES, RuleState, RuleStep

DAY_MS = 86_400_000
_ACCOUNT = re.compile(r" \([0-9a-zA-Z]{26}\)$")
_LEAST_COVERED = 0.5  # of a stretch by events: nights may be silent
_BEFORE_SHADOW = (RuleState.DRAFT, RuleState.BACKTEST, RuleState.WARMING, RuleState.RETIRED)


class StoredBacktest(msgspec.Struct, frozen=True, kw_only=True):
    """A backtest of one text of a rule over a stretch of history; times are UTC ms."""

    rule: str
    text: str  # digest
    at: int
    first: int  # earliest and latest event of the history
    last: int
    days: float | None = None  # that events cover, each from its first to its last; None if the lines are not known
    events: int
    hits: int
    subjects: int
    full_hits: int  # hits whose windows were full
    alarms: int | None = None  # one subject on one day each; None in backtests stored before this was counted
    alarms_per_million: float | None = None  # a day and million lines; None if the lines are not known
    alarms_low: float | None = None  # exact 95 % interval
    alarms_high: float | None = None


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
    person = find_missing_person(steps, step)
    missing = [*find_missing_terms(steps, step.at, backtests, terms), *([person] if person else [])]
    if missing:
        raise UsageError(
            f"the rule cannot become {step.state}: {'; '.join(words.en for words in missing)}",
            fix="do what is missing, or give --emergency, which stays in the history with who and why",
        )


def find_missing_terms(
    steps: Sequence[RuleStep], at: int, backtests: Sequence[StoredBacktest], terms: PromotionTerms
) -> list[Words]:
    """Return what a text lacks at a moment (UTC ms), apart from a second person, before its findings may act."""
    return [
        words for words in (find_missing_backtest(backtests, terms), find_missing_shadow(steps, at, terms)) if words
    ]


def find_missing_backtest(backtests: Sequence[StoredBacktest], terms: PromotionTerms) -> Words | None:
    """Return that no backtest covers the required stretch of history, None if one does."""
    longest = max(map(_covered_ms, backtests), default=0)
    if longest >= terms.backtest_ms:
        return None
    days, covered = f"{terms.backtest_ms / DAY_MS:g}", f"{longest / DAY_MS:.1f}"
    zh, en = (
        (f"现有最长的覆盖 {covered} 天", f"the longest covers {covered}") if backtests else ("尚无", "there is none")
    )
    return Words(
        f"须有覆盖 {days} 天以上历史的已存回测（fanzha backtest --store），{zh}",
        f"it needs a stored backtest (fanzha backtest --store) over {days} days, {en}",
    )


def _covered_ms(backtest: StoredBacktest) -> int:
    """Return the stretch of a backtest; one whose days are mostly without events counts those days alone."""
    stretch = backtest.last - backtest.first
    covered = stretch if backtest.days is None else int(backtest.days * DAY_MS)
    return stretch if covered >= _LEAST_COVERED * stretch else covered


def find_missing_shadow(steps: Sequence[RuleStep], at: int, terms: PromotionTerms) -> Words | None:
    """Return that a text was not long enough in shadow at a moment (UTC ms), None if it was."""
    began = find_shadow_start(steps)
    if began is not None and at - began >= terms.shadow_ms:
        return None
    days = f"{terms.shadow_ms / DAY_MS:g}"
    if began is None:
        zh, en = "尚未进入影子运行", "it was never there"
    else:
        since = f"{iso(began)[:16]}Z"
        zh, en = f"自 {since} 起在影子运行", f"it is there since {since}"
    return Words(f"须影子运行满 {days} 天，{zh}", f"it needs {days} days in shadow, {en}")


def find_shadow_start(steps: Sequence[RuleStep]) -> int | None:
    """Return when (UTC ms) the text last entered shadow from an earlier state; None if it is in one now."""
    since = None
    for step in steps:
        if step.state in _BEFORE_SHADOW:
            since = None
        elif step.state is RuleState.SHADOW and since is None:
            since = step.at
    return since


def find_missing_person(steps: Sequence[RuleStep], step: RuleStep) -> Words | None:
    """Return why the person who takes a step is not the second one: the author of the text, or who asked for it."""
    authors = {_plain_name(earlier.by): earlier.by.strip() for earlier in steps if earlier.state is RuleState.DRAFT}
    if name := authors.get(_plain_name(step.by)):
        return Words(f"须由第二人操作，该文本由 {name} 登记", f"it needs a second person, {name} added the text")
    if name_key(step.asked_by) == name_key(step.by):
        name = step.by.strip()
        return Words(f"须由第二人操作，{name} 是申请人", f"it needs a second person, {name} asked for it")
    return None


def _plain_name(name: str) -> str:
    """Return a name for comparison, without the account reference that the site adds."""
    return name_key(_ACCOUNT.sub("", name.strip()))

"""Lifecycle of a rule text: allowed transitions, who made them and why, and the mode of its findings."""

from enum import StrEnum
from hashlib import blake2b

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.claims.finding import Mode


class RuleState(StrEnum):
    """State of a rule text."""

    DRAFT = "draft"
    BACKTEST = "backtest"
    WARMING = "warming"
    SHADOW = "shadow"
    SHARE = "share"
    LIVE = "live"
    RETIRED = "retired"


STATE_WORDS: dict[RuleState, Words] = {
    RuleState.DRAFT: Words("草稿", "draft"),
    RuleState.BACKTEST: Words("回测", "backtest"),
    RuleState.WARMING: Words("预热", "warming"),
    RuleState.SHADOW: Words("影子运行", "shadow"),
    RuleState.SHARE: Words("部分流量", "share of traffic"),
    RuleState.LIVE: Words("正式运行", "live"),
    RuleState.RETIRED: Words("停用", "retired"),
}

_STAGES = (RuleState.DRAFT, RuleState.BACKTEST, RuleState.WARMING, RuleState.SHADOW, RuleState.SHARE, RuleState.LIVE)


def _next_states(index: int) -> tuple[RuleState, ...]:
    repeat = (RuleState.SHARE,) if _STAGES[index] is RuleState.SHARE else ()
    return (*_STAGES[:index], *repeat, *_STAGES[index + 1 : index + 2], RuleState.RETIRED)


#: Allowed transitions: one step forward, any number back, `share` to `share`, and from `retired` to `draft`.
NEXT_STATES: dict[RuleState, tuple[RuleState, ...]] = {
    state: _next_states(index) for index, state in enumerate(_STAGES)
}
NEXT_STATES[RuleState.RETIRED] = (RuleState.DRAFT,)

#: States in which a rule text is evaluated.
RUNNING_STATES = (RuleState.WARMING, RuleState.SHADOW, RuleState.SHARE, RuleState.LIVE)
#: States in which findings may act, on all subjects or on a share.
ACTING_STATES = (RuleState.SHARE, RuleState.LIVE)


class RuleStep(msgspec.Struct, frozen=True, kw_only=True):
    """One transition: new state, time (UTC ms), author and reason; `share` (0–1) is for state `share` only.

    `emergency`: the terms of a promotion were set aside (`fanzha.claims.rule_promotion`). `asked_by` and `request` are
    set by the site: who asked for the step that `by` approved, and the reference of the request.
    """

    state: RuleState
    at: int
    by: str
    why: str
    share: float = 0.0
    emergency: bool = False
    asked_by: str = ""
    request: str = ""


def create_draft(*, at: int, by: str, why: str) -> RuleStep:
    """Return the first step of a rule text."""
    return _require_reason(RuleStep(state=RuleState.DRAFT, at=at, by=by, why=why))


def advance(last: RuleStep, step: RuleStep) -> RuleStep:
    """Return the step if it may follow `last`; otherwise raise UsageError with the allowed states."""
    if step.state not in NEXT_STATES[last.state]:
        allowed = ", ".join(NEXT_STATES[last.state])
        raise UsageError(f"a rule in state {last.state} cannot become {step.state}", fix=f"it may become: {allowed}")
    if step.state is RuleState.SHARE and not 0 <= step.share <= 1:
        raise UsageError("a share of traffic lies between 0% and 100%", fix="give --share 10%")
    if step.state is RuleState.SHARE and step.state is last.state and step.share == last.share:
        raise UsageError(f"the rule has {step.share:.4g} of the traffic already", fix="give another --share")
    if step.state is not RuleState.SHARE and step.share:
        raise UsageError(f"state {step.state} has no share of traffic", fix="leave --share out, or become share")
    return _require_reason(step)


def _require_reason(step: RuleStep) -> RuleStep:
    if not step.by.strip():
        raise UsageError("who takes the step is not said", fix="give --by NAME")
    if not step.why.strip():
        raise UsageError("why the step is taken is not said", fix="give --why TEXT")
    return step


def resolve_mode(step: RuleStep, *, rule: str, subject_kind: str, subject: str, key: bytes, warm: bool) -> Mode:
    """Return the mode of a finding on this subject: live for a warm rule that is live or whose share has the subject.

    `warm` says whether every window of the rule covers its whole span (`Windows.since` + span <= now).
    """
    if not warm:
        return Mode.SHADOW
    if step.state is RuleState.SHARE and sampling_position(key, rule, subject_kind, subject) < step.share:
        return Mode.LIVE
    return Mode.LIVE if step.state is RuleState.LIVE else Mode.SHADOW


def sampling_position(key: bytes, rule: str, subject_kind: str, subject: str) -> float:
    """Return a reproducible number from 0 up to 1 (exclusive) that cannot be predicted without the key.

    A subject inside one share is inside every larger share.
    """
    state = blake2b(key=key[:64], digest_size=8)
    for part in (rule, subject_kind, subject):
        data = part.encode()
        state.update(len(data).to_bytes(4, "big") + data)
    return (int.from_bytes(state.digest(), "big") >> 11) / (1 << 53)
